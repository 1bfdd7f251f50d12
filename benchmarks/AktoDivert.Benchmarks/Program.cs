using AktoDivert.Benchmarks;
using AktoDivert.Benchmarks.Gates;
using BenchmarkDotNet.Running;

switch (args)
{
    case ["allocations", var file, .. var rest]:
        return new AllocationGate(file).Run(write: rest.Contains("--write"));
    case ["instructions", var folder, .. var only]:
        CallgrindRun.Run(folder, only);
        return 0;
    case ["compare", var folder, var file, .. var rest]:
        return new InstructionGate(folder, file).Run(write: rest.Contains("--write"));
    case ["types", var name]:
        AllocatedTypes.Print(name);
        return 0;
    case ["times", .. var names]:
        CpuTimes.Print(names);
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(PathBenchmark).Assembly).Run(args);
        return 0;
}
