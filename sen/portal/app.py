"""Puts the portal together: `create(settings)` gives the ASGI app, and nothing runs before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from sen.portal import errors, login
from sen.portal.cluster import Cluster
from sen.portal.draft import keep
from sen.portal.guard import Guard
from sen.portal.observing import Observer
from sen.portal.oidc import Provider
from sen.portal.pages import pages
from sen.portal.refusal import SignInError
from sen.portal.settings import Settings
from sen.portal.visit import UNSAFE
from stacks.problem import ProblemError

STATIC = Path(__file__).resolve().parent / "static"


def create(settings: Settings, directory: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """Give the portal; `directory` stands in for the network to the OIDC provider in tests."""
    cluster, observer = Cluster(settings.access), Observer()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await cluster.close()

    app = FastAPI(title="Sen", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.cluster = cluster
    app.state.provider = Provider(settings.directory, directory) if settings.directory else None
    app.add_middleware(Guard, settings=settings, cluster=cluster, observer=observer)
    for kind in (ProblemError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _say_no)
    app.add_exception_handler(SignInError, _sign_in)
    _machines(app, cluster, observer)
    app.include_router(login.router)
    for page in pages():
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _machines(app: FastAPI, cluster: Cluster, observer: Observer) -> None:
    """Answer those who watch the portal: alive, ready, figures."""

    @app.get("/healthz")
    async def alive() -> Response:
        return PlainTextResponse("ok")

    @app.get("/readyz")
    async def ready() -> Response:
        if await cluster.answers():
            return PlainTextResponse("ok")
        return PlainTextResponse("api server", HTTPStatus.SERVICE_UNAVAILABLE)

    @app.get("/metrics")
    async def figures() -> Response:
        return Response(observer.text(), media_type=CONTENT_TYPE_LATEST)


async def _say_no(request: Request, error: Exception) -> Response:
    return errors.answer(request, error)


async def _sign_in(request: Request, _: Exception) -> Response:
    if request.method in UNSAFE:
        await keep(request)
    return login.to_login(request)
