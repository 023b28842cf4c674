"""What a contest's page and data files say: who stood, what they published when, whom they speak of."""
