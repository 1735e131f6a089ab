package com.example.tickets;

import dev.orthant.core.application.BaseModel;
import dev.orthant.core.application.FineTuning;
import dev.orthant.core.application.LabelledText;
import dev.orthant.core.application.Prediction;
import dev.orthant.core.application.TaskAdapter;
import dev.orthant.core.wiring.Orthant;
import java.nio.file.Path;
import java.util.List;

/** Trains an adapter on a few tickets, and sorts others with it. */
public final class Main {

  private Main() {}

  /**
   * @param args the model's folder, and the adapter's folder to write
   */
  public static void main(String[] args) {
    List<LabelledText> tickets =
        List.of(
            LabelledText.of("I was charged twice this month", "billing"),
            LabelledText.of("Please refund the last payment", "billing"),
            LabelledText.of("The price on the bill is wrong", "billing"),
            LabelledText.of("How do I change the payment method?", "billing"),
            LabelledText.of("The app crashes when I open it", "fault"),
            LabelledText.of("The page shows an error after I log in", "fault"),
            LabelledText.of("Uploads hang at ninety percent", "fault"),
            LabelledText.of("The screen stays black", "fault"));
    try (Orthant orthant = Orthant.create();
        BaseModel base = orthant.open(Path.of(args[0]))) {
      TaskAdapter adapter =
          base.fineTune(
              FineTuning.of("lora", "{rank: 8, alpha: 16}")
                  .training("{epochs: 10, batch_size: 8, learning_rate: 3e-3}"),
              LabelledText.task("tickets", tickets, List.of()),
              Path.of(args[1]));
      for (String ticket : List.of("I want my money back", "It fails with a strange message")) {
        Prediction prediction = base.classifier(adapter).predict(ticket);
        System.out.printf("%s: %s %.2f%n", ticket, prediction.label(), prediction.probability());
      }
    }
  }
}
