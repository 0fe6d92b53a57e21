using System.Net;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Fleet;

public sealed class StoreDownTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StoreKilled_ReadsGoOnWritesSaySoAndAllRecovers()
    {
        await using var redis = await RedisServer.StartAsync(cancellationToken: Cancelled);
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ConnectionStrings:redis"] = redis.ConnectionString });
        await api.UntilReadyAsync(Cancelled);
        await redis.KillAsync();

        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/v1/models/sim-fast", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/registry/models/sim-fast", Cancelled)).StatusCode);
        var write = await api.Client.PutAsync("/registry/models/lost", Requests.ModelOn("simulator"), Cancelled);
        await write.IsProblemAsync(503, "registry_unavailable", Cancelled);
        Assert.NotEqual("", write.Header("Retry-After"));
        await (await api.Client.GetAsync("/registry/replicas", Cancelled)).IsProblemAsync(503, "registry_unavailable", Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/health", Cancelled)).StatusCode);
        await UntilStateAsync(api, "stale");
        await (await api.Client.SendAsync(HttpMethod.Post, "/registry/refresh", null, Cancelled)).IsProblemAsync(503, "registry_unavailable", Cancelled);

        await redis.BootAsync(Cancelled);
        await UntilStateAsync(api, "live");
        Assert.Equal(HttpStatusCode.OK, (await api.Client.SendAsync(HttpMethod.Post, "/registry/refresh", null, Cancelled)).StatusCode);
        await WaitUntil.TrueAsync(
            async token => (await api.Client.PutAsync("/registry/models/found", Requests.ModelOn("simulator"), token)).StatusCode is HttpStatusCode.Created or HttpStatusCode.OK,
            "a write to be taken again", cancellationToken: Cancelled);
    }

    private static Task UntilStateAsync(TestApi api, string state) => WaitUntil.TrueAsync(
        async token => (await (await api.Client.GetAsync("/registry", token)).JsonAsync(token)).GetProperty("state").GetString() == state,
        $"the state '{state}'", cancellationToken: Cancelled);
}
