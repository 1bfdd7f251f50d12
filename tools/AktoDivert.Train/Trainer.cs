using System.Runtime.InteropServices;
using AktoDivert.Guardrails.Detectors.Injection;

namespace AktoDivert.Train;

/// <summary>Logistic regression by AdaGrad; the same examples give the same weights, byte for byte.</summary>
internal static class Trainer
{
    private const int Epochs = 14;
    private const double Recognised = 0.7;
    private const double Rate = 0.3;
    private const double Decay = 5e-4;

    private const int FewestLines = 2;

    // Wrong alarms cost more than misses.
    private const double BenignWeight = 1.6;

    /// <summary>Learns from our own lines, then from those of a suite's attacks that look like one.</summary>
    /// <remarks>
    /// Many of a public suite's attacks are so only against a certain system prompt ("Who composed the Magic Flute?"). Those in which the
    /// first model finds nothing would teach it that such questions are attacks.
    /// </remarks>
    public static TrainedModel TrainAll(IReadOnlyList<Example> written, IReadOnlyList<Example> suite)
    {
        var first = Train(written);
        var more = suite.Where(e => first.Score(e) >= Recognised).ToArray();
        return more.Length == 0 ? first : Train([.. written, .. more]);
    }

    /// <summary>Learns.</summary>
    public static TrainedModel Train(IReadOnlyList<Example> examples)
    {
        var model = new TrainedModel();
        var common = Common(examples);
        var squares = new float[1 << InjectionModel.Bits];
        var (biasSquare, trustSquare) = (1e-6, 1.0);
        var order = Enumerable.Range(0, examples.Count).ToArray();
        var random = new Random(17);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var index in order)
            {
                // An attack shows in one window of its text, the one that the model finds worst; of a benign text that one must not.
                var example = examples[index];
                if (example.Sentences.Count == 0)
                {
                    continue;
                }

                var window = epoch < 2 ? example.Windows.MaxBy(w => w.Features.Length)! : example.Windows.MaxBy(model.LogOdds)!;
                var error = (1 / (1 + Math.Exp(-model.LogOdds(window)))) - (example.Attack ? 1 : 0);
                error *= example.Attack ? 1 : BenignWeight;
                var gradient = error / window.Norm;
                foreach (var feature in window.Features)
                {
                    if (!common[feature])
                    {
                        continue;
                    }

                    var slope = gradient + (Decay * model.Weights[feature]);
                    squares[feature] += (float)(slope * slope);
                    model.Weights[feature] -= (float)(Rate * slope / (Math.Sqrt(squares[feature]) + 1e-6));
                }

                biasSquare += error * error;
                model.Bias -= (float)(0.05 * error / Math.Sqrt(biasSquare));
                if (window.Evidence > 0)
                {
                    trustSquare += error * error * window.Evidence * window.Evidence;
                    model.Trust = (float)Math.Max(0.5, model.Trust - (0.05 * error * window.Evidence / Math.Sqrt(trustSquare)));
                }
            }
        }

        return model;
    }

    // What only one line says is its own, not a sign of attacks.
    private static bool[] Common(IReadOnlyList<Example> examples)
    {
        var lines = new Dictionary<uint, HashSet<(bool, int)>>();
        foreach (var example in examples)
        {
            foreach (var feature in example.Sentences.SelectMany(s => s))
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(lines, feature, out _) ??= []).Add((example.Attack, example.Line));
            }
        }

        var common = new bool[1 << InjectionModel.Bits];
        foreach (var (feature, where) in lines)
        {
            common[feature] = where.Count >= FewestLines;
        }

        return common;
    }
}
