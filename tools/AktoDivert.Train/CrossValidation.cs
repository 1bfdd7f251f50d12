namespace AktoDivert.Train;

/// <summary>What the model would find in texts that it has not seen: no line's texts, and no technique's, are on both sides.</summary>
internal static class CrossValidation
{
    private static readonly double[] Rates = [0.003, 0.01, 0.02, 0.05, 0.1];

    /// <summary>Prints recall at several rates of false positives: of our own lines, and of the public suite's attacks.</summary>
    public static void Run(IReadOnlyList<Example> written, IReadOnlyList<Example> suite, int folds)
    {
        var scores = new List<(Example Example, double Score)>();
        for (var fold = 0; fold < folds; fold++)
        {
            var model = Trainer.TrainAll([.. written.Where(e => e.Line % folds != fold)], [.. suite.Where(e => e.Line % folds != fold)]);
            scores.AddRange(written.Concat(suite).Where(e => e.Line % folds == fold).Select(e => (e, model.Score(e))));
        }

        var own = written.ToHashSet();
        // Passages of documents are many and easy: they would hide what ordinary prompts full of trigger words cost.
        var benign = scores.Where(s => !s.Example.Attack && s.Example.Line < TrainingText.FirstDocument).Select(s => s.Score).OrderDescending().ToArray();
        foreach (var rate in Rates)
        {
            var threshold = benign[(int)(rate * benign.Length)];
            Console.WriteLine(FormattableString.Invariant(
                $"false positives {rate:0.000}: threshold {threshold:0.000}, recall {Recall(true):0.000}, of the suite {Recall(false):0.000}"));

            double Recall(bool ours) => scores.Where(s => s.Example.Attack && own.Contains(s.Example) == ours).Select(s => s.Score > threshold ? 1.0 : 0).DefaultIfEmpty().Average();
        }

        foreach (var threshold in (double[])[0.5, 0.6, 0.7, 0.8])
        {
            Console.WriteLine(FormattableString.Invariant(
                $"threshold {threshold:0.0}: recall {Above(s => s.Example.Attack && own.Contains(s.Example)):0.000}, of the suite {Above(s => s.Example.Attack && !own.Contains(s.Example)):0.000}; ")
                + FormattableString.Invariant(
                $"wrong {Above(s => !s.Example.Attack && s.Example.Line < TrainingText.FirstDocument):0.000} of the benign lines, {Above(s => s.Example.Line >= TrainingText.FirstDocument):0.0000} of the documents' passages"));

            double Above(Func<(Example Example, double Score), bool> of) => scores.Where(of).Select(s => s.Score > threshold ? 1.0 : 0).DefaultIfEmpty().Average();
        }

        foreach (var (example, score) in scores.Where(s => !s.Example.Attack).OrderByDescending(s => s.Score).Take(15))
        {
            Console.WriteLine(FormattableString.Invariant($"  benign {score:0.00} {example.Text[..Math.Min(110, example.Text.Length)].ReplaceLineEndings(" ")}"));
        }

        foreach (var (example, score) in scores.Where(s => s.Example.Attack).OrderBy(s => s.Score).Take(25))
        {
            Console.WriteLine(FormattableString.Invariant($"  attack {score:0.00} {example.Text[..Math.Min(110, example.Text.Length)]}"));
        }
    }
}
