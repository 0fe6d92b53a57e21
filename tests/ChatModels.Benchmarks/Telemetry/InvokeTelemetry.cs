using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatModels.Benchmarks.Gateway;
using ChatModels.Chat;
using ChatModels.Providers;
using ChatModels.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatModels.Benchmarks.Telemetry;

/// <summary>What a level costs Invoke in process, where a provider works for a millisecond: the host is made anew for each level, since spans and meters are the process's.</summary>
internal static class InvokeTelemetry
{
    private const int PerRound = 500;
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(1);
    private static readonly ChatMessage[] Question = [new(ChatRole.User, "Hello")];

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(int rounds, Uri sink)
    {
        string?[] levels = [null, "off", "metrics", "sampled", "all"];
        var times = levels.ToDictionary(level => level ?? "none", _ => new List<double>());
        var bytes = levels.ToDictionary(level => level ?? "none", _ => long.MaxValue);
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var level in round % 2 == 0 ? levels : levels.Reverse())
            {
                using var host = await StartAsync(level, sink);
                var model = host.Services.GetRequiredService<ChatClients>().GetModel("m");
                await InvokeAsync(model, PerRound / 2, []);
                var before = GC.GetTotalAllocatedBytes(precise: true);
                List<double> took = [];
                await InvokeAsync(model, PerRound, took);
                var allocated = (GC.GetTotalAllocatedBytes(precise: true) - before) / PerRound;
                if (round > 0)
                {
                    times[level ?? "none"].Add(new Samples(took).Median);
                }

                bytes[level ?? "none"] = round == 0 ? long.MaxValue : Math.Min(bytes[level ?? "none"], allocated);
                await host.StopAsync();
            }
        }

        return
        [
            .. levels.Skip(2).Select(level => Share($"Invoke in process, 1 ms of work, p50: {level} over off", new Samples(times[level!].Zip(times["off"], (on, off) => on / off)).Median, 0.05)),
            .. levels.Skip(2).Select(level => new Figure($"Invoke in process, allocated bytes: {level} over off", "", $"{bytes[level!] - bytes["off"]} B on {bytes["off"]} B", null)),
            new("Invoke in process, allocated bytes: off over a host without any telemetry", "0 B", $"{bytes["off"] - bytes["none"]} B", Math.Abs(bytes["off"] - bytes["none"]) <= 8),
        ];
    }

    private static async Task InvokeAsync(IChatModel model, int count, List<double> times)
    {
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await model.InvokeAsync(Question);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    /// <param name="level">The level; null for a host without any telemetry.</param>
    /// <param name="sink">Where it goes.</param>
    private static async Task<IHost> StartAsync(string? level, Uri sink)
    {
        var types = new ChatProviderTypes();
        types.Register(WorkingProvider.Metadata, WorkingProvider.CreateAsync);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development, ApplicationName = "invoke" });
        builder.Configuration.AddInMemoryCollection([
            new("ChatModels:Registry:Store", "memory"), new("ChatModels:Telemetry:Level", level),
            new("OTEL_EXPORTER_OTLP_ENDPOINT", sink.AbsoluteUri), new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), new(GatewayTargets.SpanDelay, GatewayTargets.ShortDelay)]);
        builder.Logging.ClearProviders();
        if (level is not null)
        {
            builder.ConfigureOpenTelemetry();
        }

        builder.AddChatModels(options => options.ProviderTypes = types);
        var host = builder.Build();
        await host.StartAsync();
        var registry = host.Services.GetRequiredService<ModelRegistry>();
        await registry.WaitForRevisionAsync(1, TimeSpan.FromSeconds(10), CancellationToken.None);
        Check(await registry.PutProviderAsync("working", new ProviderConfig { Type = WorkingProvider.Metadata.Name }, Precondition.None, "bench", CancellationToken.None));
        Check(await registry.PutModelAsync("m", new ModelConfig { Deployments = [new DeploymentConfig { Provider = "working", Model = "m" }] }, Precondition.None, "bench", CancellationToken.None));
        return host;
    }

    private static void Check(RegistryResult written)
    {
        if (written.Failure is { } failure)
        {
            throw new InvalidOperationException(failure.Message);
        }
    }

    private static Figure Share(string what, double ratio, double most) => new(
        what, string.Create(CultureInfo.InvariantCulture, $"<= {most * 100:0.#} %"), string.Create(CultureInfo.InvariantCulture, $"{(ratio - 1) * 100:+0.0;-0.0;0.0} %"), ratio - 1 <= most);

    /// <summary>A provider whose answer takes a millisecond of a processor.</summary>
    private sealed class WorkingProvider : IChatProvider
    {
        public static readonly ProviderMetadata Metadata = new()
        {
            Name = "working",
            Description = "Works for a millisecond.",
            Capabilities = [ModelCapabilities.Chat],
            Endpoint = FieldUse.Refused,
            ApiKey = FieldUse.Refused,
        };

        private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
            """{"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}""");

        public static ValueTask<IChatProvider> CreateAsync(ProviderOptions options, ProviderServices services, CancellationToken cancellationToken) => new(new WorkingProvider());

        public ValueTask<UpstreamReply> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
        {
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Work;)
            {
            }

            return new(new Reply { Status = 200, ContentType = "application/json", Body = new MemoryStream(Answer) });
        }

        public ValueTask<ProviderHealth> CheckHealthAsync(CancellationToken cancellationToken) => new(ProviderHealth.Ok);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Reply : UpstreamReply
        {
            public override ValueTask DisposeAsync() => Body.DisposeAsync();
        }
    }
}
