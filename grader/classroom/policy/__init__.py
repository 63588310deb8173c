"""What a course decides about its class: due dates, attempts, and one grade from several exercises."""
