"""Layers in numpy: compared with a reference in torch, or with central differences of their own forward pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch

from grader.testing import check_backward, compare_backward

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

pytestmark = pytest.mark.numpy


def draw(seed: int, n: int = 4, d: int = 3, m: int = 2) -> dict[str, Array]:
    import numpy as np

    g = np.random.default_rng(seed)
    return {"x": g.normal(size=(n, d)), "w": g.normal(size=(d, m)), "b": g.normal(size=m)}


def forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    return x @ w + b, (x, w)


def backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(0)


def wrong(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    dx, dw, db = backward(dout, cache)
    return dx, dw, db / len(dout)


def composite(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    z = x @ w
    return z + b


def squares(x: Array) -> Array:
    return (x * x).sum(-1)  # type: ignore[no-any-return]


class TestReference:
    """With a forward pass in torch."""

    def test_right(self) -> None:
        found = check_backward(forward, backward, inputs=draw, reference=composite)
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]
        assert not found.notes

    def test_wrong(self) -> None:
        found = compare_backward(forward, wrong, inputs=draw, reference=composite)
        assert {row.name: row.verdict for row in found.wrong} == {"db": "wrong_values"}

    def test_a_wrong_value(self) -> None:
        found = compare_backward(lambda x, w, b: (x @ w - b, (x, w)), backward, inputs=draw, reference=composite)
        assert [row.name for row in found.wrong] == ["out"]

    def test_no_forward(self) -> None:
        def alone(dout: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
            return backward(dout, (x, w))

        check_backward(None, alone, inputs=draw, reference=composite)

    def test_an_object(self) -> None:
        import numpy as np

        class Linear:
            def __init__(self, d: int, m: int) -> None:
                self.W, self.b = np.zeros((d, m)), np.zeros(m)

            def forward(self, x: Array) -> Array:
                self.x = x
                return x @ self.W + self.b

            def backward(self, dout: Array) -> Array:
                self.dW, self.db = self.x.T @ dout, dout.sum(0)
                return dout @ self.W.T

        found = check_backward(
            Linear,
            inputs=draw,
            reference=composite,
            sets={"W": "w", "b": "b"},
            reads={"dW": "dw", "db": "db"},
            returns="dx",
        )
        assert [row.name for row in found.rows] == ["out", "dx", "dw", "db"]


class TestDifferences:
    """Without a forward pass in torch."""

    def test_right(self) -> None:
        found = check_backward(forward, backward, inputs=draw)
        assert [row.name for row in found.rows] == ["dx", "dw", "db"]
        assert "central differences" in str(found)

    def test_wrong(self) -> None:
        found = compare_backward(forward, wrong, inputs=draw)
        assert {row.name: row.verdict for row in found.wrong} == {"db": "wrong_values"}

    def test_a_cache_in_a_dict(self) -> None:
        check_backward(
            lambda x, w, b: (x @ w + b, {"x": x, "w": w}),
            lambda dout, cache: backward(dout, (cache["x"], cache["w"])),
            inputs=draw,
        )

    @pytest.mark.parametrize("factor", [1.01, 1 + 1e-4, 1 + 1e-5])
    def test_a_small_factor(self, factor: float) -> None:
        found = compare_backward(
            squares, lambda dout, x: factor * 2 * x * dout[:, None], inputs=lambda: {"x": draw(0)["x"]}
        )
        assert not found.right

    def test_a_kink(self) -> None:
        import numpy as np

        check_backward(
            lambda x: np.maximum(x, 0), lambda dout, x: dout * (x > 0), inputs=lambda seed: {"x": draw(seed)["x"]}
        )

    def test_a_softmax(self) -> None:
        import numpy as np

        def softmax(x: Array) -> tuple[Array, Array]:
            e = np.exp(x - x.max(-1, keepdims=True))
            p = e / e.sum(-1, keepdims=True)
            return p, p

        def slopes(dout: Array, p: Array) -> Array:
            return p * (dout - (dout * p).sum(-1, keepdims=True))  # type: ignore[no-any-return]

        check_backward(softmax, slopes, inputs={"x": draw(0)["x"]})
        assert not compare_backward(softmax, lambda dout, p: dout * p * (1 - p), inputs={"x": draw(0)["x"]}).right

    def test_a_loss(self) -> None:
        found = check_backward(
            lambda x: (x * x).sum(),
            lambda x: ((x * x).sum(), 2 * x),
            inputs={"x": draw(0)["x"]},
            upstream=None,
            returns=("loss", "dx"),
        )
        assert [row.name for row in found.rows] == ["loss", "dx"]

    def test_labels(self) -> None:
        import numpy as np

        def loss(x: Array, y: Array) -> Any:
            p = np.exp(x - x.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            return -np.log(p[np.arange(len(y)), y]).mean()

        def slopes(x: Array, y: Array) -> Array:
            p = np.exp(x - x.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(y)), y] -= 1
            return p / len(y)  # type: ignore[no-any-return]

        check_backward(loss, slopes, inputs={"x": draw(0, 5, 4)["x"], "y": np.array([0, 3, 1, 1, 2])}, upstream=None)

    def test_several_outputs(self) -> None:
        check_backward(
            lambda x: (x * x, 3 * x),
            lambda dy, dz, x: 2 * x * dy + 3 * dz,
            inputs={"x": draw(0)["x"]},
            upstream=("dy", "dz"),
        )

    def test_a_forward_pass_that_is_too_large(self) -> None:
        import numpy as np

        with pytest.raises(
            ValueError, match=r"too large for central differences: [\d,]+ numbers; pass smaller inputs, or"
        ):
            compare_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, inputs={"x": np.ones((50, 50)) * 1.5})


class TestArrays:
    """What the functions get, and what they may return."""

    def test_they_get_float64_arrays(self) -> None:
        import numpy as np

        seen: set[Any] = set()

        def sees(dout: Array, x: Array) -> Array:
            seen.update({type(dout), type(x), dout.dtype, x.dtype})
            return 2 * x * dout[:, None]

        check_backward(squares, sees, inputs={"x": draw(0)["x"].astype(np.float32)})
        assert seen == {np.ndarray, np.dtype("float64")}

    def test_float32_is_judged_in_float32(self) -> None:
        import numpy as np

        found = compare_backward(
            squares, lambda dout, x: (2 * x * dout[:, None]).astype(np.float32), inputs={"x": draw(0)["x"]}
        )
        assert "judged in float32" in found["dx"].notes[0]

    def test_a_tensor_is_no_array(self) -> None:
        found = compare_backward(
            squares, lambda dout, x: torch.from_numpy(2 * x * dout[:, None]), inputs={"x": draw(0)["x"]}
        )
        assert {row.name: row.verdict for row in found.wrong} == {"dx": "wrong_type"}

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_any_layout_in_memory_is_right(self, order: Any) -> None:
        import numpy as np

        check_backward(
            squares, lambda dout, x: np.asarray(2 * x * dout[:, None], order=order)[::1], inputs={"x": draw(0)["x"]}
        )

    def test_a_reversed_view_is_right(self) -> None:
        check_backward(squares, lambda dout, x: (2 * x * dout[:, None])[::-1][::-1], inputs={"x": draw(0)["x"]})
        check_backward(lambda x: x[::-1] * 1, lambda dout: dout[::-1], inputs={"x": draw(0)["x"]})

    def test_an_array_that_cannot_be_written_is_right(self) -> None:
        import numpy as np

        check_backward(lambda x: x.sum(0), lambda dout, x: np.broadcast_to(dout, x.shape), inputs={"x": draw(0)["x"]})

    @pytest.mark.parametrize("kind", ["object", "str", "structured", "masked", "matrix"])
    def test_an_odd_array_has_a_verdict(self, kind: str) -> None:
        import numpy as np

        def odd(dout: Array, x: Array) -> Any:
            right = 2 * x * dout[:, None]
            if kind == "masked":
                return np.ma.masked_array(right)
            if kind == "matrix":
                return right.view(np.matrix)
            return right.astype({"object": object, "str": "U20", "structured": [("a", float)]}[kind])

        found = compare_backward(squares, odd, inputs={"x": draw(0)["x"]})
        assert found["dx"].verdict in {"exact", "correct", "wrong_type"}

    def test_changed_in_place(self) -> None:
        def changes(dout: Array, x: Array) -> Array:
            dx = 2 * x * dout[:, None]
            dout *= 0
            return dx

        found = compare_backward(squares, changes, inputs={"x": draw(0)["x"]})
        assert not found.right
        assert "changes dout in place" in str(found)

    def test_a_number_for_a_number(self) -> None:
        import numpy as np

        inputs = {"x": draw(0)["x"], "s": np.array(2.5)}
        check_backward(lambda x, s: x * s, lambda dout, x, s: (dout * s, float((dout * x).sum())), inputs=inputs)


class TestRandomState:
    """numpy's own random numbers go on as before."""

    def test_it_is_restored(self) -> None:
        import numpy as np

        np.random.seed(3)  # noqa: NPY002
        expected = np.random.rand(3)  # noqa: NPY002
        np.random.seed(3)  # noqa: NPY002
        check_backward(
            squares,
            lambda dout, x: 2 * x * dout[:, None],
            inputs=lambda n=4: {"x": np.random.rand(n, 3)},  # noqa: NPY002
        )
        assert (np.random.rand(3) == expected).all()  # noqa: NPY002

    def test_the_examples_are_never_changed(self) -> None:
        x = draw(0)["x"]
        kept = x.copy()
        compare_backward(squares, lambda dout, x: x.fill(0), inputs={"x": x})
        assert (x == kept).all()
