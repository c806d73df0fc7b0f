"""A file of bills as it comes from another system, as long as is wanted."""

from __future__ import annotations

BILLS_OF_A_CLIENT = 10
_HEAD = (
    "bill_number,client_number,client_name,matter_number,matter_description,issued_on,due_on,"
    "kind,on,timekeeper,units,rate,amount,description"
)


def bills_csv(start: int, size: int) -> str:
    """Return a CSV of `size` bills of two lines each, ten for each client, numbered from `start`."""
    rows = [_HEAD]
    for number in range(start, start + size):
        client = number // BILLS_OF_A_CLIENT
        head = (
            f"{20_000 + number},{client:05d},Client {client:05d} Ltd,{client:05d}-1,Advice on leases,"
            "2026-11-02,2026-12-02"
        )
        rows.append(f"{head},fee,2026-10-08,June Park,1.5,200.00,300.00,Review of the lease")
        rows.append(
            f"{head},fee,2026-10-09,June Park,{1 + number % 7}.0,200.00,{200 * (1 + number % 7)}.00,Call"
        )
    return "\n".join(rows) + "\n"
