package dev.orthant.eval.benchmark;

import dev.orthant.core.kernel.Precision;
import java.util.function.IntFunction;

/** Who takes part in a comparison: an engine with a piece of work. */
enum Contestant {
  ORTHANT_MINILM(Work.MINILM_STEP, Precision.FP32),
  LIBTORCH_MINILM(Work.MINILM_STEP, false),
  ORTHANT_MINILM_BF16(Work.MINILM_STEP, Precision.BF16),
  LIBTORCH_MINILM_BF16(Work.MINILM_STEP, true),
  ORTHANT_BERT_BASE(Work.BERT_BASE_STEP, Precision.FP32),
  LIBTORCH_BERT_BASE(Work.BERT_BASE_STEP, false),
  ORTHANT_BERT_BASE_BF16(Work.BERT_BASE_STEP, Precision.BF16),
  LIBTORCH_BERT_BASE_BF16(Work.BERT_BASE_STEP, true),
  ORTHANT_MINILM_MOSLORA(Work.MINILM_MOSLORA_STEP, Precision.FP32),
  LIBTORCH_MINILM_MOSLORA(Work.MINILM_MOSLORA_STEP, false),
  ORTHANT_REALISTIC(Work.MINILM_REALISTIC_STEP, Precision.FP32),
  LIBTORCH_REALISTIC(Work.MINILM_REALISTIC_STEP, false),
  ORTHANT_EVALUATION(Work.MINILM_EVALUATION, Precision.FP32),
  LIBTORCH_EVALUATION(Work.MINILM_EVALUATION, false),
  ORTHANT_BERT_BASE_EVALUATION(Work.BERT_BASE_EVALUATION, Precision.FP32),
  LIBTORCH_BERT_BASE_EVALUATION(Work.BERT_BASE_EVALUATION, false),
  ORTHANT_REALISTIC_EVALUATION(Work.MINILM_REALISTIC_EVALUATION, Precision.FP32),
  LIBTORCH_REALISTIC_EVALUATION(Work.MINILM_REALISTIC_EVALUATION, false),
  ORTHANT_LINEAR("merge LINEAR", t -> new OrthantMerge(MergeMethod.LINEAR, t)),
  LIBTORCH_LINEAR("merge LINEAR", t -> new LibtorchMerge(MergeMethod.LINEAR, t)),
  ORTHANT_TASK_ARITHMETIC(
      "merge TASK_ARITHMETIC", t -> new OrthantMerge(MergeMethod.TASK_ARITHMETIC, t)),
  LIBTORCH_TASK_ARITHMETIC(
      "merge TASK_ARITHMETIC", t -> new LibtorchMerge(MergeMethod.TASK_ARITHMETIC, t)),
  ORTHANT_SLERP("merge SLERP", t -> new OrthantMerge(MergeMethod.SLERP, t)),
  LIBTORCH_SLERP("merge SLERP", t -> new LibtorchMerge(MergeMethod.SLERP, t)),
  ORTHANT_DARE("merge DARE", t -> new OrthantMerge(MergeMethod.DARE, t)),
  LIBTORCH_DARE("merge DARE", t -> new LibtorchMerge(MergeMethod.DARE, t)),
  ORTHANT_TIES("merge TIES", t -> new OrthantMerge(MergeMethod.TIES, t)),
  LIBTORCH_TIES("merge TIES", t -> new LibtorchMerge(MergeMethod.TIES, t)),
  ORTHANT_RECOMPRESSION("recompression", t -> new OrthantRecompression()),
  LIBTORCH_RECOMPRESSION("recompression", t -> new LibtorchRecompression(t)),
  COPY_FILES("copy", t -> new CopyFiles(t)),
  ORTHANT_EIGEN_1024("eigenvectors of 1024", t -> new OrthantEigenvectors(1024)),
  LIBTORCH_EIGEN_1024("eigenvectors of 1024", t -> new LibtorchEigenvectors(1024, t)),
  ORTHANT_EIGEN_2048("eigenvectors of 2048", t -> new OrthantEigenvectors(2048)),
  LIBTORCH_EIGEN_2048("eigenvectors of 2048", t -> new LibtorchEigenvectors(2048, t));

  private final String work;
  private final IntFunction<Side> side;

  Contestant(Work work, Precision precision) {
    this(work.name(), threads -> new OrthantStep(work, threads, precision));
  }

  Contestant(Work work, boolean bfloat16) {
    this(work.name(), threads -> new LibtorchStep(work, threads, bfloat16));
  }

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
