package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer of a decoder beside an encoder that normalises before its parts, as T5's do:
 *
 * <pre>
 * h = x + attention(attentionNorm(x))
 * g = h + cross(crossNorm(h), source)
 * y = g + feedForward(feedForwardNorm(g))
 * </pre>
 *
 * @param index of the layer among those of encoder and decoder
 */
public record CrossLayer(
    int index,
    Norm attentionNorm,
    SelfAttention attention,
    Norm crossNorm,
    CrossAttention cross,
    Norm feedForwardNorm,
    FeedForward feedForward)
    implements Layer<CrossLayer.Saved> {

  private static final String SHARED = "decoder.";

  @Override
  public List<Linear> linears() {
    return Stream.of(attention.linears(), cross.linears(), feedForward.linears())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public CrossLayer with(UnaryOperator<Linear> change) {
    return new CrossLayer(
        index,
        attentionNorm,
        attention.with(change),
        crossNorm,
        cross.with(change),
        feedForwardNorm,
        feedForward.with(change));
  }

  /** The input of one of the parts, with what its normalisation keeps. */
  private record Normalised(INDArray input, INDArray stats) {}

  /** The activations of one layer. */
  public static final class Saved {

    private final Normalised attentionInput; // [tokens, hidden]
    private final SelfAttention.Saved attention;
    private final INDArray h; // [tokens, hidden]
    private final Normalised crossInput; // [tokens, hidden]
    private final CrossAttention.Saved cross;
    private final INDArray g; // [tokens, hidden]
    private final Normalised feedForwardInput; // [tokens, hidden]
    private final FeedForward.Saved feedForward;
    private final INDArray y; // [tokens, hidden]

    private Saved(CrossLayer layer, Pass pass, int tokens, boolean keep) {
      int d = layer.cross.query().site().dIn();
      String name = "layer." + layer.index + ".";
      String own = keep && !pass.isCheckpointing() ? name : SHARED;
      attentionInput = normalised(pass, own + "attention_", layer.attentionNorm, tokens, d);
      attention = layer.attention.saved(pass, tokens, own, SHARED);
      h = pass.buffer(own + "h", tokens, d);
      crossInput = normalised(pass, own + "cross_", layer.crossNorm, tokens, d);
      cross = layer.cross.saved(pass, tokens, own, SHARED);
      g = pass.buffer(own + "g", tokens, d);
      feedForwardInput = normalised(pass, own + "feed_forward_", layer.feedForwardNorm, tokens, d);
      feedForward = layer.feedForward.saved(pass, tokens, own, SHARED);
      y = pass.buffer(keep ? name + "y" : SHARED + "y" + layer.index % 2, tokens, d);
    }

    private static Normalised normalised(Pass pass, String name, Norm norm, int tokens, int d) {
      return new Normalised(
          pass.buffer(name + "input", tokens, d),
          pass.buffer(name + "stats", tokens, norm.statistics()));
    }
  }

  @Override
  public Saved saved(Pass pass, int tokens, boolean keep) {
    return new Saved(this, pass, tokens, keep);
  }

  @Override
  public INDArray output(Saved saved) {
    return saved.y;
  }

  @Override
  public void forward(Pass pass, Placement place, INDArray x, Saved saved) {
    Kernels kernels = pass.kernels();
    Normalised in = saved.attentionInput;
    attentionNorm.forward(kernels, x, null, in.stats, in.input);
    attention.forward(pass, place, in.input, saved.attention, saved.h);
    in = saved.crossInput;
    crossNorm.forward(kernels, saved.h, x, in.stats, in.input); // adds x to h
    cross.forward(pass, place, in.input, saved.cross, saved.g);
    in = saved.feedForwardInput;
    feedForwardNorm.forward(kernels, saved.g, saved.h, in.stats, in.input); // adds h to g
    feedForward.forward(pass, in.input, saved.feedForward, saved.y);
    kernels.axpy(1f, saved.g, saved.y);
  }

  @Override
  public INDArray backward(
      Pass pass, Placement place, INDArray x, Saved saved, INDArray dy, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dg = pass.buffer("gradient.g", x.shape());
    Normalised in = saved.feedForwardInput;
    feedForward.backward(pass, in.input, saved.feedForward, dy, dg, lowest);
    if (lowest >= feedForward.up().depth()) {
      return dg;
    }
    feedForwardNorm.backward(kernels, dg, saved.g, in.stats, dg);
    kernels.axpy(1f, dy, dg);
    INDArray dh = pass.buffer("gradient.h", x.shape());
    in = saved.crossInput;
    cross.backward(pass, place, in.input, saved.cross, dg, dh, lowest);
    if (lowest >= cross.query().depth()) {
      return dh;
    }
    crossNorm.backward(kernels, dh, saved.h, in.stats, dh);
    kernels.axpy(1f, dg, dh);
    INDArray dx = pass.buffer("gradient.x", x.shape());
    in = saved.attentionInput;
    attention.backward(pass, place, in.input, saved.attention, dh, dx, lowest);
    if (lowest >= attention.projections().get(0).depth()) {
      return dx;
    }
    attentionNorm.backward(kernels, dx, x, in.stats, dx);
    kernels.axpy(1f, dh, dx);
    return dx;
  }
}
