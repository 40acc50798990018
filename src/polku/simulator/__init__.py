"""A believable company and its market, drawn from a seed: the truth is stated, so learners can be judged."""
