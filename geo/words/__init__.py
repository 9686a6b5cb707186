"""Areas told in words, as registers of offices tell them: texts taken apart, put on the ground, and told again."""
