using BenchmarkDotNet.Running;
using ChatModels.Benchmarks;
using ChatModels.Benchmarks.Batches;
using ChatModels.Benchmarks.Figures;
using ChatModels.Benchmarks.Fleet;
using ChatModels.Benchmarks.Gateway;
using ChatModels.Benchmarks.Gateway.Servers;
using ChatModels.Benchmarks.Micro;
using ChatModels.Benchmarks.Telemetry;
using ChatModels.Testing;
using ChatModels.Tests.Batches.Simulation;
using ChatModels.Tests.Registry.Simulation;

const string Usage = """
    dotnet run -c Release --project tests/ChatModels.Benchmarks -- COMMAND

      registry      every figure of the registry, short, as one Markdown table (about three minutes)
      process       those of them that need no other process but redis-server; after it names: resolve, create, change, load, memory
      propagation   three Api processes on one redis-server: from an acknowledged write to the others serving it, with hints and without
      hung          an Api whose redis-server is stopped with SIGSTOP: its requests' latency, its writes' answers
      gateway       the Api against a plain YARP proxy, nginx and no proxy; --modes c1,c32,c256,stream,long,first,open --starts N --seconds N
      telemetry     telemetry off, metrics, sampled and all, against each other: on the gateway and on Invoke in process (about twelve minutes); --only invoke --rounds N --seconds N
      simulation    replicas of the registry under every fault, by seed; --seeds N says how many
      batches       batches on real workers: lines a second, memory, time to the first line, cost in Redis, take-over (about seven minutes);
                    --parts rates,memory,take-over --workers 1,2,4 --lines 1000,10000,50000 --wait 0,50
      batch-simulation   the batches' workers under every fault, by seed; --seeds N says how many
      micro [...]   BenchmarkDotNet: resolve, create, apply, load; further arguments go to it, such as --filter '*Resolve*'

    propagation, hung, registry, batches and gateway need redis-server on the PATH, gateway needs wrk too (and measures nginx where it is there), telemetry needs wrk.
    Measure in Release, on a machine that does nothing else.
    """;

switch (args)
{
    case ["registry"]:
        MarkdownTable.Print([.. await RegistryFigures.MeasureAsync(), .. await PropagationFigures.MeasureAsync(), .. await HungStoreFigures.MeasureAsync()]);
        return 0;
    case ["process", .. var names] when names.All(RegistryFigures.Names.Contains):
        MarkdownTable.Print(await RegistryFigures.MeasureAsync(names));
        return 0;
    case ["propagation"]:
        MarkdownTable.Print(await PropagationFigures.MeasureAsync());
        return 0;
    case ["hung"]:
        MarkdownTable.Print(await HungStoreFigures.MeasureAsync());
        return 0;
    case ["batches", .. var rest]:
        MarkdownTable.Print(await BatchFigures.MeasureAsync(BatchBenchOptions.Parse(rest)));
        return 0;
    case ["batch-simulation", .. var rest]:
        return new SeedsCommand<BatchCoverage>("batch-simulation", BatchSimulationRun.Failure, BatchSimulationRun.Violation, (total, seen) => total.Add(seen)).Run(rest);
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(rest is [] ? ["--filter", "*"] : rest, new MicroConfig());
        return 0;
    case ["gateway", .. var rest]:
        TestProcess.ShareSession();
        return await GatewayCommand.RunAsync(rest);
    case [ServerCommand.Name, .. var rest]:
        return await ServerCommand.RunAsync(rest);
    case ["telemetry", .. var rest]:
        TestProcess.ShareSession();
        return await TelemetryCommand.RunAsync(rest);
    case ["simulation", .. var rest]:
        return new SeedsCommand<Coverage>("simulation", SimulationRun.Failure, SimulationRun.Violation, (total, seen) => total.Add(seen)).Run(rest);
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
