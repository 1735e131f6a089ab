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
  public void gelu(INDArray x, INDArray y) {
    Shapes.same("y", y, x);
    y.assign(normalCdf(x).muli(x));
  }

  @Override
  public void geluGradient(INDArray x, INDArray dy, INDArray dx) {
    Shapes.same("dy", dy, x);
    Shapes.same("dx", dx, x);
    INDArray density =
        Transforms.exp(x.mul(x).muli(-0.5)).muli(1 / Math.sqrt(2 * Math.PI)); // of the normal
    dx.assign(density.muli(x).addi(normalCdf(x)).muli(dy));
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
  public void attention(
      INDArray q, INDArray k, INDArray v, int[] offsets, int heads, INDArray out) {
    int width = Shapes.attention(q, heads, offsets, k, v, out);
    for (int s = 0; s < offsets.length - 1; s++) {
      for (int h = 0; h < heads; h++) {
        Block block = new Block(offsets[s], offsets[s + 1], h * width, (h + 1) * width);
        INDArray p = probabilities(block.of(q), block.of(k));
        block.put(out, product(p, false, block.of(v), false));
      }
    }
  }

  @Override
  public void attentionGradient(
      INDArray q,
      INDArray k,
      INDArray v,
      INDArray dOut,
      int[] offsets,
      int heads,
      INDArray dq,
      INDArray dk,
      INDArray dv) {
    int width = Shapes.attention(q, heads, offsets, k, v, dOut, dq, dk, dv);
    double scale = 1 / Math.sqrt(width);
    for (int s = 0; s < offsets.length - 1; s++) {
      for (int h = 0; h < heads; h++) {
        Block block = new Block(offsets[s], offsets[s + 1], h * width, (h + 1) * width);
        INDArray headQ = block.of(q);
        INDArray headK = block.of(k);
        INDArray headDOut = block.of(dOut);
        INDArray p = probabilities(headQ, headK);
        INDArray dp = product(headDOut, false, block.of(v), true);
        INDArray rowSums = p.mul(dp).sum(true, 1);
        INDArray dScores = dp.subiColumnVector(rowSums).muli(p).muli(scale);
        block.put(dv, product(p, true, headDOut, false));
        block.put(dq, product(dScores, false, headK, false));
        block.put(dk, product(dScores, true, headQ, false));
      }
    }
  }

  @Override
  public void embed(
      int[] tokenIds,
      int[] typeIds,
      int[] offsets,
      INDArray word,
      INDArray position,
      INDArray type,
      INDArray out) {
    Shapes.embedding(tokenIds, typeIds, offsets, word, position, type, out);
    int[] positions = new int[tokenIds.length];
    for (int s = 0; s < offsets.length - 1; s++) {
      for (int row = offsets[s]; row < offsets[s + 1]; row++) {
        positions[row] = row - offsets[s];
      }
    }
    out.assign(
        Nd4j.pullRows(word, 1, tokenIds)
            .addi(Nd4j.pullRows(position, 1, positions))
            .addi(Nd4j.pullRows(type, 1, typeIds)));
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
  public void firstRows(INDArray x, int[] offsets, INDArray y) {
    Shapes.pooled(x, offsets, y);
    for (int s = 0; s < offsets.length - 1; s++) {
      y.putRow(s, x.getRow(offsets[s]));
    }
  }

  @Override
  public void firstRowsGradient(INDArray dy, int[] offsets, INDArray dx) {
    Shapes.pooled(dx, offsets, dy);
    dx.assign(0);
    for (int s = 0; s < offsets.length - 1; s++) {
      dx.putRow(offsets[s], dy.getRow(s));
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

  /** {@code softmax(q k' / sqrt(width))}, [length, length]. */
  private static INDArray probabilities(INDArray q, INDArray k) {
    INDArray scores = product(q, false, k, true).muli(1 / Math.sqrt(q.size(1)));
    INDArray e = Transforms.exp(scores.subiColumnVector(scores.max(true, 1)));
    return e.diviColumnVector(e.sum(true, 1));
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
