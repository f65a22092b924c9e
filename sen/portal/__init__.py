"""The portal: pages in Vietnamese and English that act in the name of the person who is signed in.

How a page is added:

1. `pages/<name>.py` with `router = APIRouter()`, and `MENU = Entry(path, N_("Title"), rank)` if it
   belongs into the menu; `pages/__init__.py` finds the module by itself.
2. A handler takes `visit: Visiting` (`visit.api` calls the API server as the person, `visit.form`
   is what was typed, checked for CSRF, NFC) and gives `visit.page("<name>.html.j2", rows=...)`.
3. `templates/<name>.html.j2` extends `base.html.j2` and fills `title` and `main`.
4. Each text stands in English in `_("...")`, in Python as in the template, and in Vietnamese in
   `locale/vi.po`; a test names what is missing.

What may be seen is RBAC's business: no handler judges that.
"""
