using System.Net;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Fleet;

public sealed class NotLoadedTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithoutRedis_SaysThatNothingIsLoadedUntilRedisIsThere()
    {
        await using var redis = new RedisServer();
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString });

        Assert.Equal("loading", (await (await api.Client.GetAsync("/registry", Cancelled)).JsonAsync(Cancelled)).GetProperty("state").GetString());
        await (await api.Client.GetAsync("/registry/models", Cancelled)).IsProblemAsync(503, "registry_not_loaded", Cancelled);
        await (await api.Client.GetAsync("/registry/providers/simulator", Cancelled)).IsProblemAsync(503, "registry_not_loaded", Cancelled);
        await (await api.Client.PutAsync("/registry/providers/early", Requests.SimulatorProvider, Cancelled)).IsProblemAsync(503, "registry_unavailable", Cancelled);
        var models = await api.Client.GetAsync("/v1/models", Cancelled);
        await models.IsOpenAiErrorAsync(503, "registry_not_loaded", "server_error", Cancelled);
        Assert.Equal("1", models.Header("Retry-After"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/health", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/alive", Cancelled)).StatusCode);

        await redis.BootAsync(Cancelled);
        await WaitUntil.TrueAsync(
            async token => (await api.Client.GetAsync("/v1/models/sim-fast", token)).StatusCode is HttpStatusCode.OK, "the seed", TimeSpan.FromSeconds(30), Cancelled);
    }
}
