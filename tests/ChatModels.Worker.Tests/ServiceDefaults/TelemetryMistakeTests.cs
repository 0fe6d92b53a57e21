using System.Net;
using ChatModels.ServiceDefaults.Telemetry;
using ChatModels.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace ChatModels.Worker.Tests.ServiceDefaults;

/// <summary>Whatever is wrong with telemetry, the service runs and says so once. Not beside tests of sampling: spans of one process reach the listeners of all its hosts.</summary>
[Collection(nameof(OpenTelemetryTests))]
public sealed class TelemetryMistakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every variable that is looked at, with what none of them takes; the SDK alone would not start with some of these.</summary>
    [Theory]
    [Trait("Requirement", "NFR-010")]
    [MemberData(nameof(Variables))]
    public async Task AWrongVariable_IsOneWarning_AndTheServiceRuns(string variable)
    {
        const string Wrong = "-1,,nonsense";
        Dictionary<string, string?> settings = new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = FakeUpstream.Refusing().GetLeftPart(UriPartial.Authority), [variable] = Wrong };
        var builder = DefaultsHost.NewBuilder([.. settings.Select(setting => (setting.Key, setting.Value))]);
        await using var host = await DefaultsHost.StartAsync(builder, Token);

        Assert.Equal((200, "hello"), await GetAsync(host));
        var warning = Assert.Single(host.Logs.GetSnapshot(), line => line.Id.Id == 6101);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.StartsWith($"{variable} is not ", warning.Message, StringComparison.Ordinal);
        Assert.Contains("used in its place: ", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, warning.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Variables() =>
        [.. OtelVariables.All.Select(variable => variable.Name), TelemetrySampler.Variable, "ChatModels:Telemetry:Level", "ChatModels:Telemetry:Prometheus"];

    [Fact]
    public async Task ACollectorThatRefuses_IsOneWarning_AndOneLineWhenItIsThere()
    {
        var port = FreePort.Next();
        var builder = DefaultsHost.NewBuilder(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://user:password@127.0.0.1:{port}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"), ("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_BLRP_SCHEDULE_DELAY", "50"));
        await using var host = await DefaultsHost.StartAsync(builder, Token);
        await UntilAsync(host, 6102);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal((200, "hello"), await GetAsync(host));
        }

        await using (var collector = await CollectorAsync(port))
        {
            await UntilAsync(host, 6103);
        }

        var told = host.Logs.GetSnapshot().Where(line => line.Id.Id is 6102 or 6103).Take(2).ToList();
        Assert.Equal([6102, 6103], told.Select(line => line.Id.Id));
        Assert.Equal("Telemetry does not reach the collector that OTEL_EXPORTER_OTLP_ENDPOINT names: it can't be connected to. "
            + "The service runs without it, keeps a bounded part of it, and goes on trying", told[0].Message);
    }

    [Theory]
    [Trait("Requirement", "NFR-008")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WithTheNoOpTwin_NothingListens_BeforeOrAfterTheDefaults(bool before)
    {
        var builder = DefaultsHost.NewBuilder(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", FakeUpstream.Refusing().GetLeftPart(UriPartial.Authority)), ("ChatModels:Telemetry:Prometheus", "true"), ("OTEL_METRIC_EXPORT_INTERVAL", "20"));
        builder.Environment.ApplicationName = $"app-{Guid.NewGuid():N}";
        using var source = new System.Diagnostics.ActivitySource(builder.Environment.ApplicationName);
        if (before)
        {
            builder.UseNoOpTelemetry();
        }

        await using var host = await DefaultsHost.StartAsync(builder, Token, configured => _ = before ? configured : configured.UseNoOpTelemetry());

        Assert.Equal((200, "hello"), await GetAsync(host));
        Assert.False(source.HasListeners());
        Assert.All(
            new object?[] { host.Services.GetService<TracerProvider>(), host.Services.GetService<MeterProvider>(), host.Services.GetService<LoggerProvider>() },
            provider => Assert.StartsWith("No", provider!.GetType().Name, StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs.GetSnapshot(), line => line.Id.Id == 6102);
    }

    private static async Task<(int, string)> GetAsync(DefaultsHost host)
    {
        var (status, body, _) = await host.GetAsync("/hello", Token);
        return (status, body);
    }

    private static Task UntilAsync(DefaultsHost host, int id) =>
        WaitUntil.TrueAsync(() => host.Logs.GetSnapshot().Any(line => line.Id.Id == id), $"event {id}", TimeSpan.FromSeconds(30), Token);

    private static async Task<WebApplication> CollectorAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add($"http://127.0.0.1:{port}");
        app.MapPost("/{**path}", () => HttpStatusCode.OK);
        await app.StartAsync(Token);
        return app;
    }
}
