using AktoDivert.Fuzz;

if (args is not [var name, ..] || (name != "all" && FuzzTargets.All.All(t => t.Name != name)))
{
    Console.Error.WriteLine($"usage: aktodivert-fuzz TARGET|all [ITERATIONS] [SEED]; targets: {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}");
    return 2;
}

var iterations = args.Length > 1 ? int.Parse(args[1], null) : 1_000_000;
var seed = args.Length > 2 ? int.Parse(args[2], null) : Environment.TickCount;
foreach (var target in FuzzTargets.All.Where(t => name == "all" || t.Name == name))
{
    Console.WriteLine($"{target.Name}: {iterations} executions, seed {seed}");
    Fuzzer.Run(target, seed, iterations);
}

return 0;
