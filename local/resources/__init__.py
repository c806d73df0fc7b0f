"""Makes what the template names: tables, buckets, queues, topics, secrets, the staff's user pool."""
