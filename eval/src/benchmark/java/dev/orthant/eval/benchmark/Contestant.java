package dev.orthant.eval.benchmark;

import java.util.function.IntFunction;

/** Who takes part in a comparison: an engine with a piece of work. */
enum Contestant {
  ORTHANT_MINILM("MINILM_STEP", t -> new OrthantStep(Work.MINILM_STEP, t)),
  LIBTORCH_MINILM("MINILM_STEP", t -> new LibtorchStep(Work.MINILM_STEP, t, false)),
  ORTHANT_BERT_BASE("BERT_BASE_STEP", t -> new OrthantStep(Work.BERT_BASE_STEP, t)),
  LIBTORCH_BERT_BASE("BERT_BASE_STEP", t -> new LibtorchStep(Work.BERT_BASE_STEP, t, false)),
  ORTHANT_MINILM_MOSLORA("MINILM_MOSLORA_STEP", t -> new OrthantStep(Work.MINILM_MOSLORA_STEP, t)),
  LIBTORCH_MINILM_MOSLORA(
      "MINILM_MOSLORA_STEP", t -> new LibtorchStep(Work.MINILM_MOSLORA_STEP, t, false)),
  ORTHANT_REALISTIC("MINILM_REALISTIC_STEP", t -> new OrthantStep(Work.MINILM_REALISTIC_STEP, t)),
  LIBTORCH_REALISTIC(
      "MINILM_REALISTIC_STEP", t -> new LibtorchStep(Work.MINILM_REALISTIC_STEP, t, false)),
  ORTHANT_EVALUATION("MINILM_EVALUATION", t -> new OrthantStep(Work.MINILM_EVALUATION, t)),
  LIBTORCH_EVALUATION("MINILM_EVALUATION", t -> new LibtorchStep(Work.MINILM_EVALUATION, t, false)),
  ORTHANT_BERT_BASE_EVALUATION(
      "BERT_BASE_EVALUATION", t -> new OrthantStep(Work.BERT_BASE_EVALUATION, t)),
  LIBTORCH_BERT_BASE_EVALUATION(
      "BERT_BASE_EVALUATION", t -> new LibtorchStep(Work.BERT_BASE_EVALUATION, t, false)),
  ORTHANT_REALISTIC_EVALUATION(
      "MINILM_REALISTIC_EVALUATION", t -> new OrthantStep(Work.MINILM_REALISTIC_EVALUATION, t)),
  LIBTORCH_REALISTIC_EVALUATION(
      "MINILM_REALISTIC_EVALUATION",
      t -> new LibtorchStep(Work.MINILM_REALISTIC_EVALUATION, t, false)),
  LIBTORCH_MINILM_BF16("MINILM_STEP", t -> new LibtorchStep(Work.MINILM_STEP, t, true)),
  ORTHANT_EIGEN_1024("EIGEN_1024", t -> new OrthantEigenvectors(1024)),
  LIBTORCH_EIGEN_1024("EIGEN_1024", t -> new LibtorchEigenvectors(1024, t)),
  ORTHANT_EIGEN_2048("EIGEN_2048", t -> new OrthantEigenvectors(2048)),
  LIBTORCH_EIGEN_2048("EIGEN_2048", t -> new LibtorchEigenvectors(2048, t));

  private final String work;
  private final IntFunction<Side> side;

  Contestant(String work, IntFunction<Side> side) {
    this.work = work;
    this.side = side;
  }

  /** What it does; contestants of the same work give the same number. */
  String work() {
    return work;
  }

  Side side(int threads) {
    return side.apply(threads);
  }
}
