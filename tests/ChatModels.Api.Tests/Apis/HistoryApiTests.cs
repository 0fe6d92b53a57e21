using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class HistoryApiTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_AndRollback_ShowAndUndoWhatWasWritten()
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);
        var put = await api.Client.PutAsync("/registry/models/mistaken", Requests.ModelOn("simulator"), Cancelled);
        var revision = long.Parse(put.Header("x-chatmodels-registry-revision"), System.Globalization.CultureInfo.InvariantCulture);

        var history = await (await api.Client.GetAsync($"/registry/history?after={revision - 1}", Cancelled)).JsonAsync(Cancelled);
        var entry = Assert.Single(history.GetProperty("entries").EnumerateArray());
        Assert.Equal(("put_model", "local", revision), (entry.GetProperty("op").GetString(), entry.GetProperty("actor").GetString(), entry.GetProperty("revision").GetInt64()));
        var change = Assert.Single(entry.GetProperty("changes").EnumerateArray());
        Assert.Equal(("model", "mistaken", false), (change.GetProperty("kind").GetString(), change.GetProperty("id").GetString(), change.TryGetProperty("old", out _)));
        var stamped = await (await api.Client.GetAsync($"/registry/history?stamp={entry.GetProperty("stamp").GetString()}", Cancelled)).JsonAsync(Cancelled);
        Assert.Equal(entry.ToString(), Assert.Single(stamped.GetProperty("entries").EnumerateArray()).ToString());

        var body = $$"""{"toRevision":{{revision - 1}},"dryRun":true}""";
        var tried = await (await api.Client.SendAsync(HttpMethod.Post, "/registry/rollback", body, Cancelled)).JsonAsync(Cancelled);
        Assert.Equal("mistaken", Assert.Single(tried.GetProperty("models").GetProperty("deleted").EnumerateArray()).GetString());
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/v1/models/mistaken", Cancelled)).StatusCode);
        var done = await api.Client.SendAsync(HttpMethod.Post, "/registry/rollback", $$"""{"toRevision":{{revision - 1}}}""", Cancelled);
        Assert.Equal($"{revision + 1}", done.Header("x-chatmodels-registry-revision"));
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/v1/models/mistaken", Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("?after=-1", "?after")]
    [InlineData("?limit=0", "?limit")]
    [InlineData("?limit=1001", "?limit")]
    [InlineData("?stamp=a&after=1", "?stamp")]
    [InlineData("?since=1", "?since")]
    public async Task History_WithAQueryThatMakesNoSense_NamesTheParameter(string query, string named)
    {
        await using var api = await TestApi.StartAsync(Cancelled);

        var problem = await (await api.Client.GetAsync($"/registry/history{query}", Cancelled)).IsProblemAsync(400, "invalid_request", Cancelled);

        Assert.Equal([named], problem.Paths());
    }

    [Fact]
    public async Task History_BeforeTheLogsBeginning_IsGone()
    {
        await using var api = await TestApi.StartAsync(Cancelled);
        await api.UntilReadyAsync(Cancelled);
        for (var i = 0; i < 1_001; i++)
        {
            await api.Client.PutAsync("/registry/models/often", $$"""{"contextWindow":{{i + 1}},"deployments":[{"provider":"simulator","model":"fast"}]}""", Cancelled);
        }

        await (await api.Client.GetAsync("/registry/history?after=0", Cancelled)).IsProblemAsync(410, "revision_gone", Cancelled);
        await (await api.Client.SendAsync(HttpMethod.Post, "/registry/rollback", """{"toRevision":1}""", Cancelled)).IsProblemAsync(410, "revision_gone", Cancelled);
    }
}
