// Two people in one draft: what each wrote, field by field, so that what does not touch can be put together.
// A field is known by the codes of its question and its option: their places may have changed meanwhile.

const ORDER = /(^(q|e)|\.(o|r|c|s|code|was))$|^(csrfmiddlewaretoken|revision|do)$/;

// Name of a field → name that stays the same wherever its question and option stand
const keyOf = (name, codes) => name.replace(/^(q\d+)\.([or]\d+)(?=\.)/, (own, card, row) => (codes.has(own) ? `${codes.get(card)} ${row[0]} ${codes.get(own)}` : own)).replace(/^q\d+(?=\.)/, (card) => codes.get(card) ?? card);

// What a form says: key → its values, its fields, and the order of its questions
const formSays = (form) => {
  const data = [...new FormData(form)];
  const codes = new Map(data.filter(([name]) => name.endsWith(".code")).map(([name, code]) => [name.slice(0, -5), `:${code}`]));
  const values = new Map();
  for (const [name, value] of data) {
    if (ORDER.test(name)) continue;
    const key = keyOf(name, codes);
    values.set(key, [...(values.get(key) ?? []), String(value).replace(/\r\n/g, "\n").trim()]);
  }
  const order = data.filter(([name]) => name === "q").map(([, card]) => codes.get(`q${card}`));
  const fields = new Map();
  for (const field of form.querySelectorAll("[name]")) {
    if (ORDER.test(field.name)) continue;
    const key = keyOf(field.name, codes);
    fields.set(key, [...(fields.get(key) ?? []), field]);
  }
  return { values, fields, order, said: (key) => JSON.stringify(values.get(key) ?? []) };
};

// What was changed since ``base`` in ``mine``, and which of it somebody else changed otherwise in ``theirs``.
// ``null`` where it cannot be told apart: the order changed, or a question with new words is gone.
const changesBetween = (base, mine, theirs) => {
  if (base.order.join() !== mine.order.join()) return null;
  const keys = [...new Set([...base.values.keys(), ...mine.values.keys()])];
  const changed = keys.filter((key) => mine.said(key) !== base.said(key));
  if (changed.some((key) => !theirs.fields.has(key))) return null;
  const both = changed.filter((key) => theirs.said(key) !== base.said(key) && theirs.said(key) !== mine.said(key));
  return { changed, both };
};

// Write the values of ``key`` in ``says`` into the fields of a form that has been replaced
const writeInto = (fields, values) => {
  for (const field of fields) {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
};

globalThis.surveyMerge = { formSays, changesBetween, writeInto };
