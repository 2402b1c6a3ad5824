"""The staff's pages: one package an area of the menu, templates beside them in ``templates/<area>/``.

A view parses, calls one verb or one read, and renders; what a person may see is decided by the door in
``core.staff.scope``.
"""
