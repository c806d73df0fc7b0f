"""Feenote: send a law firm's bills to its clients and get them paid."""
