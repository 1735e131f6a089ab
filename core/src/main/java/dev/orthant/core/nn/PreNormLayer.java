package dev.orthant.core.nn;

import dev.orthant.core.kernel.Kernels;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One layer that normalises before its parts, as GPT-2, Llama and T5 do:
 *
 * <pre>
 * h = x + attention(attentionNorm(x))
 * y = h + feedForward(feedForwardNorm(h))
 * </pre>
 */
public record PreNormLayer(
    int index,
    Norm attentionNorm,
    SelfAttention attention,
    Norm feedForwardNorm,
    FeedForward feedForward)
    implements Layer<PreNormLayer.Saved> {

  @Override
  public List<Linear> linears() {
    return Stream.concat(attention.linears().stream(), feedForward.linears().stream()).toList();
  }

  @Override
  public PreNormLayer with(UnaryOperator<Linear> change) {
    return new PreNormLayer(
        index, attentionNorm, attention.with(change), feedForwardNorm, feedForward.with(change));
  }

  /** The activations of one layer. */
  public static final class Saved {

    private final INDArray attentionInput; // [tokens, hidden], normalised
    private final INDArray attentionStats; // [tokens, statistics]
    private final SelfAttention.Saved attention;
    private final INDArray h; // [tokens, hidden]
    private final INDArray feedForwardInput; // [tokens, hidden], normalised
    private final INDArray feedForwardStats; // [tokens, statistics]
    private final FeedForward.Saved feedForward;
    private final INDArray y; // [tokens, hidden]

    private Saved(PreNormLayer layer, Pass pass, int tokens, boolean keep) {
      int d = layer.feedForward.up().site().dIn();
      String name = "layer." + layer.index + ".";
      String own = keep && !pass.isCheckpointing() ? name : "layer.";
      attentionInput = pass.buffer(own + "attention_input", tokens, d);
      attentionStats =
          pass.buffer(own + "attention_stats", tokens, layer.attentionNorm.statistics());
      attention = layer.attention.saved(pass, tokens, own, "layer.");
      h = pass.buffer(own + "h", tokens, d);
      feedForwardInput = pass.buffer(own + "feed_forward_input", tokens, d);
      feedForwardStats =
          pass.buffer(own + "feed_forward_stats", tokens, layer.feedForwardNorm.statistics());
      feedForward = layer.feedForward.saved(pass, tokens, own, "layer.");
      y = pass.buffer(keep ? name + "y" : "layer.y" + layer.index % 2, tokens, d);
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
    attentionNorm.forward(kernels, x, null, saved.attentionStats, saved.attentionInput);
    attention.forward(pass, place, saved.attentionInput, saved.attention, saved.h);
    feedForwardNorm.forward(
        kernels, saved.h, x, saved.feedForwardStats, saved.feedForwardInput); // adds x to h
    feedForward.forward(pass, saved.feedForwardInput, saved.feedForward, saved.y);
    kernels.axpy(1f, saved.h, saved.y);
  }

  @Override
  public INDArray backward(
      Pass pass, Placement place, INDArray x, Saved saved, INDArray dy, int lowest) {
    Kernels kernels = pass.kernels();
    INDArray dh = pass.buffer("gradient.h", x.shape());
    feedForward.backward(pass, saved.feedForwardInput, saved.feedForward, dy, dh, lowest);
    if (lowest >= feedForward.up().depth()) {
      return dh;
    }
    feedForwardNorm.backward(kernels, dh, saved.h, saved.feedForwardStats, dh);
    kernels.axpy(1f, dy, dh);
    INDArray dx = pass.buffer("gradient.x", x.shape());
    attention.backward(pass, place, saved.attentionInput, saved.attention, dh, dx, lowest);
    if (lowest >= attention.projections().get(0).depth()) {
      return dx;
    }
    attentionNorm.backward(kernels, dx, x, saved.attentionStats, dx);
    kernels.axpy(1f, dh, dx);
    return dx;
  }
}
