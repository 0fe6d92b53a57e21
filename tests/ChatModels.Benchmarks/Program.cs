using BenchmarkDotNet.Running;
using ChatModels.Benchmarks;
using ChatModels.Benchmarks.Batches;
using ChatModels.Benchmarks.Figures;
using ChatModels.Benchmarks.Fleet;
using ChatModels.Benchmarks.Gateway;
using ChatModels.Benchmarks.Gateway.Servers;
using ChatModels.Benchmarks.Micro;
using ChatModels.Benchmarks.Telemetry;

const string Usage = """
    dotnet run -c Release --project tests/ChatModels.Benchmarks -- COMMAND

      registry      every figure of the registry, short, as one Markdown table (about three minutes)
      process       those of them that need no other process but redis-server
      propagation   three Api processes on one redis-server: from an acknowledged write to the others serving it, with hints and without
      hung          an Api whose redis-server is stopped with SIGSTOP: its requests' latency, its writes' answers
      gateway       the Api against a plain YARP proxy, nginx and no proxy; --modes c1,c32,c256,stream,long,first,open --rounds N --seconds N
      telemetry     telemetry off, metrics, sampled and all, against each other: on the gateway and on Invoke in process (about three minutes)
      simulation    replicas of the registry under every fault, by seed; --seeds N says how many
      batches       batches on real workers: lines a second, memory, time to the first line, cost in Redis (about four minutes)
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
    case ["process"]:
        MarkdownTable.Print(await RegistryFigures.MeasureAsync());
        return 0;
    case ["propagation"]:
        MarkdownTable.Print(await PropagationFigures.MeasureAsync());
        return 0;
    case ["hung"]:
        MarkdownTable.Print(await HungStoreFigures.MeasureAsync());
        return 0;
    case ["batches"]:
        MarkdownTable.Print(await BatchFigures.MeasureAsync());
        return 0;
    case ["batch-simulation", .. var rest]:
        return BatchSimulationCommand.Run(rest);
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(rest is [] ? ["--filter", "*"] : rest, new MicroConfig());
        return 0;
    case ["gateway", .. var rest]:
        return await GatewayCommand.RunAsync(rest);
    case [ServerCommand.Name, .. var rest]:
        return await ServerCommand.RunAsync(rest);
    case ["telemetry", .. var rest]:
        return await TelemetryCommand.RunAsync(rest);
    case ["simulation", .. var rest]:
        return await SimulationCommand.RunAsync(rest);
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
