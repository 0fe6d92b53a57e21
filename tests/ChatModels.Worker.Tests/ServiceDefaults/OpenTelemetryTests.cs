using System.Diagnostics;
using ChatModels.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

[Collection(nameof(OpenTelemetryTests))]
public sealed class OpenTelemetryTests
{
    private static readonly ActivitySource Library = new("ChatModels");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Defaults_WithoutAnEndpoint_RegisterNoTelemetryAtAll()
    {
        await using var host = await DefaultsHost.StartAsync(DefaultsHost.NewBuilder(), Token);

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
        Assert.DoesNotContain(host.Services.GetServices<ILoggerProvider>(), provider => provider is OpenTelemetryLoggerProvider);
    }

    [Theory]
    [InlineData("always_on", true)]
    [InlineData("always_off", false)]
    public async Task Spans_WithASamplerThatNeverSaysYes_AreNotEvenBegun(string sampler, bool listens)
    {
        using var trace = NewTrace();
        var builder = ExportingBuilder(new SpanProcessor(trace.TraceId), ("OTEL_TRACES_SAMPLER", sampler));
        builder.Environment.ApplicationName = $"app-{Guid.NewGuid():N}";
        using var source = new ActivitySource(builder.Environment.ApplicationName);

        await using var host = await DefaultsHost.StartAsync(builder, Token);

        Assert.NotNull(host.Services.GetService<MeterProvider>());
        Assert.Equal(listens, source.HasListeners());
    }

    /// <summary>Who called has decided for the whole trace: all of its spans here, or none, whatever the ratio.</summary>
    [Theory]
    [InlineData(ActivityTraceFlags.Recorded, "0", 2)]
    [InlineData(ActivityTraceFlags.None, "1", 0)]
    public async Task Sampled_KeepsWholeTraces(ActivityTraceFlags caller, string ratio, int kept)
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new SpanProcessor(trace);
        await using var host = await DefaultsHost.StartAsync(
            ExportingBuilder(spans, ("ChatModels:Telemetry:Level", "sampled"), ("ChatModels:Telemetry:SamplingRatio", ratio)), Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hello");
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-0{(int)caller}");

        using (Library.StartActivity("attempt", ActivityKind.Client, new ActivityContext(trace, ActivitySpanId.CreateRandom(), caller, isRemote: true)))
        {
        }

        using var unobserved = new HttpMessageInvoker(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        request.RequestUri = new Uri(host.Client.BaseAddress!, "/hello");
        using var response = await unobserved.SendAsync(request, Token);
        await WaitUntil.TrueAsync(() => kept == 0 || spans.Of(ActivityKind.Server).Count > 0, "the server's span", cancellationToken: Token);

        Assert.Equal(kept, spans.Of(ActivityKind.Server).Count + spans.Of(ActivityKind.Client).Count(span => span.Source.Name == Library.Name));
    }

    [Fact]
    public async Task Spans_OfRequestsAreExported_OfProbesAreNot()
    {
        using var trace = NewTrace();
        var spans = new SpanProcessor(trace.TraceId);
        await using var host = await DefaultsHost.StartAsync(ExportingBuilder(spans), Token);

        await host.GetAsync("/health", Token);
        await host.GetAsync("/alive", Token);
        await host.GetAsync("/hello", Token);
        await WaitUntil.TrueAsync(() => spans.Of(ActivityKind.Server).Count > 0, "the span of /hello", cancellationToken: Token);

        Assert.Equal(["GET /hello"], spans.Of(ActivityKind.Server).Select(span => span.DisplayName));
    }

    [Fact]
    public async Task Spans_OfHttpCallsAreLeftOut_BelowAnAttemptOfTheLibraryOnly()
    {
        using var trace = NewTrace();
        var spans = new SpanProcessor(trace.TraceId);
        await using var host = await DefaultsHost.StartAsync(ExportingBuilder(spans), Token);
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Token);
        using var client = new HttpMessageInvoker(new SocketsHttpHandler());

        using (Library.StartActivity("attempt", ActivityKind.Client))
        {
            await CallAsync(client, upstream);
        }

        Assert.Equal(["attempt"], spans.Of(ActivityKind.Client).Select(span => span.DisplayName));

        using (Library.StartActivity("something else", ActivityKind.Internal))
        {
            await CallAsync(client, upstream);
        }

        Assert.Equal(["attempt", "GET"], spans.Of(ActivityKind.Client).Select(span => span.DisplayName));
    }

    [Theory]
    [InlineData(null, null, 16_384, 1024)]
    [InlineData("4096", "2048", 4096, 2048)]
    public async Task SpanQueueAndBatch_AreLargeUnlessConfigured(string? queue, string? batch, int queueSize, int batchSize)
    {
        var builder = ExportingBuilder(new SpanProcessor(default), ("OTEL_BSP_MAX_QUEUE_SIZE", queue), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", batch));
        await using var host = await DefaultsHost.StartAsync(builder, Token);

        var options = host.Services.GetRequiredService<IOptionsMonitor<ActivityExportProcessorOptions>>().CurrentValue.BatchExportProcessorOptions;

        Assert.Equal((queueSize, batchSize), (options.MaxQueueSize, options.MaxExportBatchSize));
    }

    /// <summary>Requests under way are counted by their provider; the server's own count of them would be a third of what metrics cost.</summary>
    [Fact]
    public async Task Metrics_OfTheServer_AreThoseOfWholeRequests()
    {
        await using var host = await DefaultsHost.StartAsync(DefaultsHost.NewBuilder(("ChatModels:Telemetry:Prometheus", "true")), Token);

        await host.GetAsync("/hello", Token);
        var (_, metrics, _) = await host.GetAsync("/metrics", Token);

        Assert.Contains("http_server_request_duration_seconds_count", metrics);
        Assert.Contains("kestrel_active_connections", metrics);
        Assert.DoesNotContain("http_server_active_requests", metrics);
    }

    // Spans of tests that run beside this one reach its provider too.
    private static Activity NewTrace() =>
        new Activity("test").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start();

    private static async Task CallAsync(HttpMessageInvoker client, FakeUpstream upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, upstream.Endpoint);
        using var response = await client.SendAsync(request, Token);
        await response.Content.ReadAsByteArrayAsync(Token);
    }

    private static WebApplicationBuilder ExportingBuilder(SpanProcessor spans, params (string, string?)[] settings)
    {
        var builder = DefaultsHost.NewBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = FakeUpstream.Refusing().GetLeftPart(UriPartial.Authority);
        foreach (var (key, value) in settings.Where(setting => setting.Item2 is not null))
        {
            builder.Configuration[key] = value;
        }

        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans));
        return builder;
    }

    private sealed class SpanProcessor(ActivityTraceId trace) : BaseProcessor<Activity>
    {
        private readonly Lock _lock = new();
        private readonly List<Activity> _spans = [];

        public override void OnEnd(Activity data)
        {
            lock (_lock)
            {
                _spans.Add(data);
            }
        }

        public IReadOnlyList<Activity> Of(ActivityKind kind)
        {
            lock (_lock)
            {
                return [.. _spans.Where(span => span.TraceId == trace && span.Kind == kind && span.Recorded)];
            }
        }
    }
}
