"""A FastAPI application behind API Gateway, by Mangum."""

from fastapi import FastAPI, HTTPException, Request
from mangum import Mangum
from pydantic import BaseModel


class Order(BaseModel):
    name: str
    lines: int = 1


app = FastAPI()


@app.get("/orders/{number}")
async def read(number: int, request: Request, page: int = 1):
    if number == 404:
        raise HTTPException(404, "no such order")
    return {"number": number, "page": page, "by_api_gateway": "requestContext" in request.scope["aws.event"]}


@app.post("/orders", status_code=201)
async def create(order: Order):
    return order


handler = Mangum(app, lifespan="off")
