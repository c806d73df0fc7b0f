"""Stand in for Stripe on one machine: its API, its payment page and its signed webhooks, with state.

`engine.StripeStandIn` is the stand-in itself. `wsgi.application` puts it behind HTTP,
`inprocess.StripeHTTPClient` gives it to a `stripe.StripeClient` without a socket. `control` lists what can
be made to happen.
"""
