"""The hot path: public survey pages and their answers. No login, no session, no engine; knows only ``listen`` and core."""
