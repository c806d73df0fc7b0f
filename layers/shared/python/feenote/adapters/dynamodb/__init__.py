"""The store: one DynamoDB table behind the ports that keep things."""
