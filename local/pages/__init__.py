"""The pages and calls under `/_local`: what there is on one machine only."""
