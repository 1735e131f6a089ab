package dev.orthant.core.kernel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The operations in terms of ND4J's, so that they run on any of its backends. Written to be plainly
 * right; {@link CpuKernels} is many times faster on a CPU. Arrays may also be of double precision,
 * if all of a call's are.
 */
public final class PortableKernels implements Kernels {

  /*
   * Not used: ND4J's GELU and PreciseGELU, which compute something else, and mmul into row-major
   * arrays, which is slow.
   */

  private static final double UNSEEN = 1e30; // larger than any score

  @Override
  public void gemm(
      INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      float alpha,
      float beta,
      INDArray c) {
    Shapes.product(a, transposeA, b, transposeB, c);
    INDArray product = product(a, transposeA, b, transposeB).muli(alpha);
    c.assign(beta == 0f ? product : product.addi(c.mul(beta)));
  }

  @Override
  public void dropout(INDArray x, float p, long seed, INDArray y) {
    Shapes.same("y", y, x);
    float[] mask = new float[Math.toIntExact(x.length())];
    Arrays.fill(mask, 1f);
    new DropoutMask(p, seed).apply(mask, 0, mask.length);
    y.assign(x.mul(Nd4j.createFromArray(mask).reshape('c', x.shape()).castTo(x.dataType())));
  }

  @Override
  public void axpy(float alpha, INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    y.addi(x.mul(alpha));
  }

  @Override
  public void scaleColumns(INDArray x, INDArray factors, INDArray shifts, INDArray y) {
    Shapes.columns(x, factors, shifts, y);
    Kernels.super.scaleColumns(x, factors, shifts, y);
  }

  @Override
  public void addColumnDots(INDArray x, INDArray y, INDArray sums) {
    Shapes.columns(x, sums, sums, y);
    Kernels.super.addColumnDots(x, y, sums);
  }

  @Override
  public void linear(INDArray x, INDArray w, @Nullable INDArray bias, INDArray y) {
    Shapes.requireOrNull("bias", bias, w.size(0));
    gemm(x, false, w, true, 1f, 0f, y);
    if (bias != null) {
      y.addiRowVector(bias);
    }
  }

  @Override
  public void linearInputGradient(INDArray dy, INDArray w, boolean accumulate, INDArray dx) {
    gemm(dy, false, w, false, 1f, accumulate ? 1f : 0f, dx);
  }

  @Override
  public void linear(INDArray x, List<FrozenLinear> layers, List<INDArray> ys) {
    Shapes.layers(layers, ys);
    for (int i = 0; i < layers.size(); i++) {
      linear(x, layers.get(i).weight(), layers.get(i).bias(), ys.get(i));
    }
  }

  @Override
  public void linearInputGradient(
      List<INDArray> dys, List<FrozenLinear> layers, boolean accumulate, INDArray dx) {
    Shapes.layers(layers, dys);
    for (int i = 0; i < layers.size(); i++) {
      linearInputGradient(dys.get(i), layers.get(i).weight(), accumulate || i > 0, dx);
    }
  }

  @Override
  public void linearWeightGradient(INDArray dy, INDArray x, INDArray dw, @Nullable INDArray db) {
    Shapes.requireOrNull("db", db, dy.size(1));
    gemm(dy, true, x, false, 1f, 1f, dw);
    if (db != null) {
      db.addi(dy.sum(0));
    }
  }

  @Override
  public void layerNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      INDArray beta,
      float eps,
      INDArray stats,
      INDArray y) {
    Shapes.layerNorm(x, residual, gamma, beta, stats, y);
    if (residual != null) {
      x.addi(residual);
    }
    INDArray mean = x.mean(true, 1); // [n, 1]
    INDArray centred = x.subColumnVector(mean);
    INDArray variance = centred.mul(centred).mean(true, 1);
    INDArray inverse = Transforms.sqrt(variance.addi(eps)).rdivi(1);
    y.assign(centred.muliColumnVector(inverse).muliRowVector(gamma).addiRowVector(beta));
    stats.assign(Nd4j.hstack(mean, inverse));
  }

  @Override
  public void layerNormGradient(
      INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds) {
    Shapes.layerNorm(s, dy, gamma, gamma, stats, ds);
    INDArray mean = stats.getColumn(0, true).dup('c'); // [n, 1]
    INDArray inverse = stats.getColumn(1, true).dup('c');
    INDArray z = s.subColumnVector(mean).muliColumnVector(inverse);
    INDArray g = dy.mulRowVector(gamma);
    INDArray meanG = g.mean(true, 1);
    INDArray meanGz = g.mul(z).mean(true, 1);
    g.subiColumnVector(meanG).subi(z.muliColumnVector(meanGz)).muliColumnVector(inverse);
    ds.assign(g);
  }

  @Override
  public void rmsNorm(
      INDArray x,
      @Nullable INDArray residual,
      INDArray gamma,
      float eps,
      INDArray stats,
      INDArray y) {
    Shapes.rmsNorm(x, residual, gamma, stats, y);
    if (residual != null) {
      x.addi(residual);
    }
    INDArray inverse = Transforms.sqrt(x.mul(x).mean(true, 1).addi(eps)).rdivi(1); // [n, 1]
    stats.assign(inverse);
    y.assign(x.mulColumnVector(inverse).muliRowVector(gamma));
  }

  @Override
  public void rmsNormGradient(
      INDArray dy, INDArray s, INDArray stats, INDArray gamma, INDArray ds) {
    Shapes.rmsNorm(s, dy, gamma, stats, ds);
    INDArray z = s.mulColumnVector(stats);
    INDArray w = dy.mulRowVector(gamma);
    INDArray mean = w.mul(z).mean(true, 1);
    ds.assign(w.subi(z.muliColumnVector(mean)).muliColumnVector(stats));
  }

  @Override
  public void activate(Activation f, INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    y.assign(value(f, x));
  }

  @Override
  public void activationGradient(Activation f, INDArray x, INDArray dy, INDArray dx) {
    Shapes.same("dy", dy, x);
    Shapes.same("dx", dx, x);
    dx.assign(slope(f, x).muli(dy));
  }

  @Override
  public void gate(Activation f, INDArray gate, INDArray up, INDArray y) {
    Shapes.gate(gate, up, y);
    y.assign(value(f, gate).muli(up));
  }

  @Override
  public void gateGradient(
      Activation f, INDArray gate, INDArray up, INDArray dy, INDArray dGate, INDArray dUp) {
    Shapes.gate(gate, up, dy, dGate, dUp);
    dGate.assign(slope(f, gate).muli(dy).muli(up));
    dUp.assign(value(f, gate).muli(dy));
  }

  @Override
  public void tanh(INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    y.assign(Transforms.tanh(x));
  }

  @Override
  public void tanhGradient(INDArray y, INDArray dy, INDArray dx) {
    Shapes.same("dy", dy, y);
    Shapes.same("dx", dx, y);
    dx.assign(y.mul(y).rsubi(1).muli(dy));
  }

  @Override
  public void rotate(INDArray x, Rotation rotation, int[] positions, boolean back) {
    int heads = Shapes.rotation(x, rotation, positions);
    int half = rotation.width() / 2;
    INDArray cos = Nd4j.create(x.dataType(), positions.length, half);
    INDArray sin = Nd4j.create(x.dataType(), positions.length, half);
    for (int row = 0; row < positions.length; row++) {
      float[] table = rotation.table(positions[row] + 1);
      int from = positions[row] * rotation.width();
      for (int i = 0; i < half; i++) {
        cos.putScalar(row, i, table[from + i]);
        sin.putScalar(row, i, back ? -table[from + half + i] : table[from + half + i]);
      }
    }
    for (int h = 0; h < heads; h++) {
      Block first = new Block(0, positions.length, 2 * h * half, (2 * h + 1) * half);
      Block second = new Block(0, positions.length, (2 * h + 1) * half, (2 * h + 2) * half);
      INDArray x1 = first.of(x);
      INDArray x2 = second.of(x);
      first.put(x, x1.mul(cos).subi(x2.mul(sin)));
      second.put(x, x2.mul(cos).addi(x1.mul(sin)));
    }
  }

  @Override
  public void attention(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray out) {
    int width = Shapes.attention(form, q, queryOffsets, k, keyOffsets);
    Shapes.same("v", v, k);
    Shapes.same("out", out, q);
    for (int s = 0; s < queryOffsets.length - 1; s++) {
      for (int h = 0; h < form.heads(); h++) {
        Block queries = Block.head(queryOffsets, s, h, width);
        Block keys = Block.head(keyOffsets, s, h * form.keyHeads() / form.heads(), width);
        INDArray p = probabilities(form, h, queries.of(q), keys.of(k));
        queries.put(out, product(p, false, keys.of(v), false));
      }
    }
  }

  @Override
  public void attentionGradient(
      AttentionForm form,
      INDArray q,
      int[] queryOffsets,
      INDArray k,
      INDArray v,
      int[] keyOffsets,
      INDArray dOut,
      INDArray dq,
      INDArray dk,
      INDArray dv) {
    int width = Shapes.attention(form, q, queryOffsets, k, keyOffsets);
    Shapes.same("v", v, k);
    Shapes.same("dOut", dOut, q);
    Shapes.same("dq", dq, q);
    Shapes.same("dk", dk, k);
    Shapes.same("dv", dv, k);
    dk.assign(0);
    dv.assign(0);
    for (int s = 0; s < queryOffsets.length - 1; s++) {
      for (int h = 0; h < form.heads(); h++) {
        Block queries = Block.head(queryOffsets, s, h, width);
        Block keys = Block.head(keyOffsets, s, h * form.keyHeads() / form.heads(), width);
        INDArray headQ = queries.of(q);
        INDArray headK = keys.of(k);
        INDArray headDOut = queries.of(dOut);
        INDArray p = probabilities(form, h, headQ, headK);
        INDArray dp = product(headDOut, false, keys.of(v), true);
        INDArray rowSums = p.mul(dp).sum(true, 1);
        INDArray dScores = dp.subiColumnVector(rowSums).muli(p).muli(form.scale());
        queries.put(dq, product(dScores, false, headK, false));
        keys.put(dk, keys.of(dk).addi(product(dScores, true, headQ, false)));
        keys.put(dv, keys.of(dv).addi(product(p, true, headDOut, false)));
      }
    }
  }

  @Override
  public void embed(
      int[] tokenIds,
      int[] positionIds,
      int[] typeIds,
      INDArray word,
      @Nullable INDArray position,
      @Nullable INDArray type,
      INDArray out) {
    Shapes.embedding(tokenIds, positionIds, typeIds, word, position, type, out);
    INDArray sum = Nd4j.pullRows(word, 1, tokenIds);
    if (position != null) {
      sum.addi(Nd4j.pullRows(position, 1, positionIds));
    }
    if (type != null) {
      sum.addi(Nd4j.pullRows(type, 1, typeIds));
    }
    out.assign(sum);
  }

  @Override
  public void meanPool(INDArray x, int[] offsets, INDArray y) {
    Shapes.pooled(x, offsets, y);
    for (int s = 0; s < offsets.length - 1; s++) {
      y.putRow(s, rows(x, offsets[s], offsets[s + 1]).mean(0));
    }
  }

  @Override
  public void meanPoolGradient(INDArray dy, int[] offsets, INDArray dx) {
    Shapes.pooled(dx, offsets, dy);
    for (int s = 0; s < offsets.length - 1; s++) {
      INDArray share = dy.getRow(s).div(offsets[s + 1] - offsets[s]);
      for (int row = offsets[s]; row < offsets[s + 1]; row++) {
        dx.putRow(row, share);
      }
    }
  }

  @Override
  public void splitColumns(INDArray x, List<INDArray> parts) {
    Shapes.sideBySide(x, parts);
    int at = 0;
    for (INDArray part : parts) {
      int end = at + (int) part.size(1);
      part.assign(new Block(0, (int) x.size(0), at, end).of(x));
      at = end;
    }
  }

  @Override
  public void joinColumns(List<INDArray> parts, INDArray x) {
    Shapes.sideBySide(x, parts);
    int at = 0;
    for (INDArray part : parts) {
      int end = at + (int) part.size(1);
      new Block(0, (int) x.size(0), at, end).put(x, part);
      at = end;
    }
  }

  @Override
  public void takeRows(INDArray x, int[] rows, INDArray y) {
    Shapes.taken(x, rows, y);
    for (int i = 0; i < rows.length; i++) {
      y.putRow(i, x.getRow(rows[i]));
    }
  }

  @Override
  public void takeRowsGradient(INDArray dy, int[] rows, INDArray dx) {
    Shapes.taken(dx, rows, dy);
    dx.assign(0);
    for (int i = 0; i < rows.length; i++) {
      dx.putRow(rows[i], dy.getRow(i));
    }
  }

  @Override
  public double crossEntropy(INDArray logits, float[] labels, float scale, INDArray dLogits) {
    Shapes.crossEntropy(logits, labels, dLogits);
    INDArray wide = logits.castTo(DataType.DOUBLE);
    INDArray shifted = wide.subColumnVector(wide.max(true, 1));
    INDArray logNormalizer = Transforms.log(Transforms.exp(shifted).sum(true, 1));
    INDArray logProbabilities = shifted.subColumnVector(logNormalizer);
    INDArray gradient = Transforms.exp(logProbabilities);
    double loss = 0;
    for (int row = 0; row < labels.length; row++) {
      int label = (int) labels[row];
      loss -= logProbabilities.getDouble(row, label);
      gradient.putScalar(row, label, gradient.getDouble(row, label) - 1);
    }
    dLogits.assign(gradient.muli((double) scale / labels.length).castTo(logits.dataType()));
    return loss / labels.length;
  }

  @Override
  public double squaredError(
      INDArray predictions, float[] targets, float scale, INDArray dPredictions) {
    Shapes.require("predictions", predictions, targets.length, 1);
    Shapes.same("dPredictions", dPredictions, predictions);
    INDArray error =
        predictions
            .castTo(DataType.DOUBLE)
            .subi(
                Nd4j.createFromArray(targets)
                    .castTo(DataType.DOUBLE)
                    .reshape('c', targets.length, 1));
    double loss = error.mul(error).meanNumber().doubleValue();
    dPredictions.assign(error.muli(2.0 * scale / targets.length).castTo(predictions.dataType()));
    return loss;
  }

  @Override
  public void adamW(AdamWStep step, INDArray parameter, INDArray gradient, INDArray m, INDArray v) {
    Shapes.same("gradient", gradient, parameter);
    Shapes.same("m", m, parameter);
    Shapes.same("v", v, parameter);
    gradient.muli(step.gradientFactor());
    parameter.muli(step.shrink());
    m.muli(step.beta1()).addi(gradient.mul(1 - step.beta1()));
    v.muli(step.beta2()).addi(gradient.mul(gradient).muli(1 - step.beta2()));
    INDArray denominator = Transforms.sqrt(v).divi(step.rootCorrection()).addi(step.epsilon());
    parameter.subi(m.div(denominator).muli(step.stepSize()));
    gradient.assign(0);
  }

  @Override
  public double sumOfSquares(INDArray x) {
    INDArray wide = x.castTo(DataType.DOUBLE);
    return wide.muli(wide).sumNumber().doubleValue();
  }

  @Override
  public void scale(float factor, INDArray x) {
    x.muli(factor);
  }

  /** {@code softmax(scale q k' + bias)} over the keys that are seen, [queries, keys]. */
  private static INDArray probabilities(AttentionForm form, int head, INDArray q, INDArray k) {
    int n = (int) k.size(0);
    INDArray scores = product(q, false, k, true).muli(form.scale());
    INDArray seen = Nd4j.zerosLike(scores);
    for (int i = 0; i < q.size(0); i++) {
      int position = i + n - (int) q.size(0);
      for (int j = form.first(position); j < form.end(position, n); j++) {
        seen.putScalar(i, j, 1);
        if (form.bias() != null) {
          scores.putScalar(i, j, scores.getDouble(i, j) + form.bias().at(head, j - position));
        }
      }
    }
    scores.addi(seen.sub(1).muli(UNSEEN));
    INDArray e = Transforms.exp(scores.subiColumnVector(scores.max(true, 1))).muli(seen);
    return e.diviColumnVector(e.sum(true, 1));
  }

  /** f(x), fresh. */
  private static INDArray value(Activation f, INDArray x) {
    return switch (f) {
      case GELU -> normalCdf(x).muli(x);
      case RELU -> Transforms.max(x, 0, true);
      default -> Transforms.sigmoid(inner(f, x), false).muli(x);
    };
  }

  /** f'(x), fresh. */
  private static INDArray slope(Activation f, INDArray x) {
    return switch (f) {
      case GELU ->
          Transforms.exp(x.mul(x).muli(-0.5)) // the density of the normal distribution
              .muli(1 / Math.sqrt(2 * Math.PI))
              .muli(x)
              .addi(normalCdf(x));
      case RELU -> x.gt(0).castTo(x.dataType());
      default -> {
        INDArray s = Transforms.sigmoid(inner(f, x), false);
        yield s.mul(x).muli(s.rsub(1)).muli(innerSlope(f, x)).addi(s);
      }
    };
  }

  /** g of an activation x * sigmoid(g(x)), fresh. */
  private static INDArray inner(Activation f, INDArray x) {
    return switch (f) {
      case GELU_TANH -> x.mul(x).muli(x).muli(0.044715).addi(x).muli(Math.sqrt(8 / Math.PI));
      case QUICK_GELU -> x.mul(1.702);
      case SILU -> x.dup();
      default -> throw new IllegalArgumentException(f + " is no product with a sigmoid");
    };
  }

  /** g'(x), fresh. */
  private static INDArray innerSlope(Activation f, INDArray x) {
    return switch (f) {
      case GELU_TANH -> x.mul(x).muli(3 * 0.044715).addi(1).muli(Math.sqrt(8 / Math.PI));
      case QUICK_GELU -> Nd4j.zerosLike(x).addi(1.702);
      case SILU -> Nd4j.onesLike(x);
      default -> throw new IllegalArgumentException(f + " is no product with a sigmoid");
    };
  }

  /** The distribution function of the standard normal; fresh. */
  private static INDArray normalCdf(INDArray x) {
    INDArray z = x.mul(Math.sqrt(0.5));
    return Nd4j.getExecutioner().exec(new Erf(z, z)).addi(1).muli(0.5);
  }

  private static INDArray product(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    long m = a.size(transposeA ? 1 : 0);
    long n = b.size(transposeB ? 0 : 1);
    INDArray c = Nd4j.create(a.dataType(), new long[] {m, n}, 'c');
    return Nd4j.gemm(a, b, c, transposeA, transposeB, 1.0, 0.0);
  }

  private static INDArray rows(INDArray x, int from, int to) {
    return new Block(from, to, 0, (int) x.size(1)).of(x);
  }

  /** Some rows and columns of a matrix. */
  private record Block(int fromRow, int toRow, int fromColumn, int toColumn) {

    /** One head of one sequence. */
    static Block head(int[] offsets, int sequence, int head, int width) {
      return new Block(offsets[sequence], offsets[sequence + 1], head * width, (head + 1) * width);
    }

    INDArray of(INDArray x) {
      return view(x).dup('c');
    }

    void put(INDArray x, INDArray values) {
      view(x).assign(values);
    }

    private INDArray view(INDArray x) {
      return x.get(
          NDArrayIndex.interval(fromRow, toRow), NDArrayIndex.interval(fromColumn, toColumn));
    }
  }
}
