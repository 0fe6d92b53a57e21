using System.Diagnostics;
using System.Net;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Fleet;

public sealed class FleetTests(SharedStores stores)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Model_RegisteredOnOneReplica_IsServedByTheOtherWithinASecond()
    {
        var settings = await SettingsAsync();
        await using var here = await TestApi.StartAsync(Cancelled, settings: settings);
        await using var there = await TestApi.StartAsync(Cancelled, settings: settings);
        await here.UntilReadyAsync(Cancelled);
        await there.UntilReadyAsync(Cancelled);

        List<double> took = [];
        for (var round = 0; round < 10; round++)
        {
            var put = await here.Client.PutAsync($"/registry/models/new-{round}", Requests.ModelOn("simulator"), Cancelled);
            var answered = Stopwatch.GetTimestamp();
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);

            HttpResponseMessage get;
            do
            {
                get = await there.Client.GetAsync($"/v1/models/new-{round}", Cancelled);
            }
            while (get.StatusCode is HttpStatusCode.NotFound && Stopwatch.GetElapsedTime(answered) < Promised);

            Assert.True(get.StatusCode is HttpStatusCode.OK, $"Round {round}: still not there {Stopwatch.GetElapsedTime(answered).TotalMilliseconds:0} ms after the PUT was answered.");
            took.Add(Stopwatch.GetElapsedTime(answered).TotalMilliseconds);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Served by the other replica after {string.Join(", ", took.Select(time => $"{time:0.0} ms"))}.");
    }

    [Fact]
    public async Task MinRevision_OnTheOtherReplica_ReadsTheWrite()
    {
        var settings = await SettingsAsync();
        await using var here = await TestApi.StartAsync(Cancelled, settings: settings);
        await using var there = await TestApi.StartAsync(Cancelled, settings: settings);
        await here.UntilReadyAsync(Cancelled);
        await there.UntilReadyAsync(Cancelled);
        var put = await here.Client.PutAsync("/registry/models/awaited", Requests.ModelOn("simulator"), Cancelled);
        var revision = put.Header("x-chatmodels-registry-revision");

        var get = await there.Client.GetAsync($"/registry/models/awaited?minRevision={revision}", Cancelled);

        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.Equal(put.Header("ETag"), get.Header("ETag"));
        Assert.Equal(revision, get.Header("x-chatmodels-registry-revision"));
    }

    [Fact]
    public async Task TwoReplicas_SeeEachOther()
    {
        var settings = await SettingsAsync();
        await using var here = await TestApi.StartAsync(Cancelled, settings: settings);
        await using var there = await TestApi.StartAsync(Cancelled, settings: settings);

        await WaitUntil.TrueAsync(
            async token => (await (await here.Client.GetAsync("/registry/replicas", token)).JsonAsync(token)).GetProperty("replicas").GetArrayLength() is 2,
            "both replicas in the list", cancellationToken: Cancelled);
    }

    [Fact]
    public async Task ConditionalWrites_FromTwoReplicasAtOnce_LetOneThrough()
    {
        var settings = await SettingsAsync();
        await using var here = await TestApi.StartAsync(Cancelled, settings: settings);
        await using var there = await TestApi.StartAsync(Cancelled, settings: settings);
        await here.UntilReadyAsync(Cancelled);
        await there.UntilReadyAsync(Cancelled);
        var tag = (await here.Client.PutAsync("/registry/models/contested", Requests.ModelOn("simulator"), Cancelled)).Header("ETag");

        var answers = await Task.WhenAll(
            here.Client.PutAsync("/registry/models/contested", """{"deployments":[{"provider":"simulator","model":"here"}]}""", Cancelled, ("If-Match", tag)),
            there.Client.PutAsync("/registry/models/contested", """{"deployments":[{"provider":"simulator","model":"there"}]}""", Cancelled, ("If-Match", tag)));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Select(answer => answer.StatusCode).Order());
    }

    private async Task<Dictionary<string, string?>> SettingsAsync() => new()
    {
        ["ConnectionStrings:redis"] = (await stores.GetAsync(StoreKind.Redis, Cancelled)).ConnectionString,
        ["ChatModels:Registry:Name"] = SharedStores.UniqueName(),
    };
}
