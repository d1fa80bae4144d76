"""What was planned: so many runs, on so many cores, in an order by a seed."""
from recompute.runs import plan


def rows(folder):
    told = plan(folder)
    row = {"runs": len(told["runs"])}
    row.update(cores=told["machine"]["workers"], domains=told["machine"]["numa_domains"])
    if told["seed"] is not None:
        row["seed"] = told["seed"]
    if not told.get("simulated"):
        row["order_seed"] = told["order_seed"]
    return {"study": row}
