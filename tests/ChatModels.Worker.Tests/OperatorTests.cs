using System.Net.Http.Headers;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ChatModels.Worker.Tests;

/// <summary>What a worker does for its operator, and for nobody else.</summary>
public sealed class OperatorTests
{
    private const string Key = "operator-key-77aa0c1d";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health", null, 200)]
    [InlineData("/alive", null, 200)]
    [InlineData("/drain", null, 401)]
    [InlineData("/drain", "wrong", 401)]
    [InlineData("/drain", Key, 200)]
    [InlineData("/metrics", null, 401)]
    [InlineData("/metrics", Key, 200)]
    [InlineData("/nowhere", null, 401)]
    [InlineData("/nowhere", Key, 404)]
    public async Task InProduction_OnlyTheOperatorGetsInBehindTheProbes(string path, string? key, int status)
    {
        await using var worker = await StartAsync("Production", ("ChatModels:Security:AdminKeys:0", "ops"), ("Secrets:ops", Key));

        Assert.Equal(status, (int)(await SendAsync(worker, HttpMethod.Get, path, key)).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Key)]
    public async Task InProduction_WithoutAKeyThatIsConfigured_NobodyDrains(string? key)
    {
        await using var worker = await StartAsync("Production", ("ChatModels:Security:AdminKeys:0", "nothing"), ("ChatModels:Security:ClientKeys:0", "client"), ("Secrets:client", Key));

        Assert.Equal(401, (int)(await SendAsync(worker, HttpMethod.Post, "/drain", key)).StatusCode);
    }

    [Fact]
    public async Task Drain_ShowsInTheListOfReplicas_UntilItIsEnded()
    {
        await using var worker = await StartAsync("Development");

        await DrainAsync(worker, HttpMethod.Post, """{"draining":true,"work":[]}""", ["draining"]);
        await DrainAsync(worker, HttpMethod.Delete, """{"draining":false,"work":[]}""", []);
    }

    [Fact]
    public async Task Metrics_ForPrometheus_AreThoseOfTheLibraryToo()
    {
        await using var worker = await StartAsync("Development");

        await WaitUntil.TrueAsync(
            async token => (await (await SendAsync(worker, HttpMethod.Get, "/metrics", null)).Content.ReadAsStringAsync(token)).Contains("chatmodels_registry_revision", StringComparison.Ordinal),
            "the registry's gauges in /metrics", cancellationToken: Cancelled);
    }

    private static async Task DrainAsync(WebApplication worker, HttpMethod method, string answer, string[] shown)
    {
        Assert.Equal(answer, await (await SendAsync(worker, method, "/drain", null)).Content.ReadAsStringAsync(Cancelled));
        await WaitUntil.TrueAsync(
            async token => (await worker.Services.GetRequiredService<ModelRegistry>().ListReplicasAsync(token)).Single().Work is { } work && work.SequenceEqual(shown),
            $"'{string.Join(' ', shown)}' in the list of replicas", TimeSpan.FromSeconds(30), Cancelled);
    }

    private static async Task<HttpResponseMessage> SendAsync(WebApplication worker, HttpMethod method, string path, string? key)
    {
        using var client = new HttpClient { BaseAddress = new Uri(worker.Urls.Single()) };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request, Cancelled);
    }

    private static async Task<WebApplication> StartAsync(string environment, params (string Key, string Value)[] settings)
    {
        string[] args = ["--environment", environment, "--contentRoot", AppContext.BaseDirectory, "--urls", "http://127.0.0.1:0"];
        var app = WorkerHost.Build(args, builder =>
        {
            builder.Configuration.AddInMemoryCollection([
                new("ChatModels:Registry:Store", "memory"), new("ChatModels:Telemetry:Prometheus", "true"),
                .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]);
            builder.Logging.ClearProviders();
        });
        await app.StartAsync(Cancelled);
        return app;
    }
}
