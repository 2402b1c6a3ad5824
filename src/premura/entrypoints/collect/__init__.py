"""The hot path: public survey pages and their answers. No login, no session; knows only ``listen`` and core."""
