using AktoDivert.Train;

if (args is not [var repository, var output, ..])
{
    Console.Error.WriteLine("usage: aktodivert-train REPOSITORY WEIGHTS_FILE [MORE_ATTACKS.jsonl]");
    return 2;
}

var data = Path.Combine(repository, "tools/AktoDivert.Train/data");
var written = new List<Example>();
written.AddRange(TrainingText.Read(Path.Combine(data, "benign.txt"), attack: false));
written.AddRange(TrainingText.Read(Path.Combine(data, "attacks.txt"), attack: true));
written.AddRange(TrainingText.ReadDocuments(repository));
var suite = args.Length > 2 ? TrainingText.ReadJsonLines(args[2]).ToArray() : [];
Console.WriteLine(
    $"{written.Count(e => !e.Attack)} benign and {written.Count(e => e.Attack)} attacking texts of {written.Select(e => (e.Attack, e.Line)).Distinct().Count()} lines, {suite.Length} of a suite");
CrossValidation.Run(written, suite, folds: 5);
Trainer.TrainAll(written, suite).Save(output);
Console.WriteLine($"wrote {output}");
return 0;
