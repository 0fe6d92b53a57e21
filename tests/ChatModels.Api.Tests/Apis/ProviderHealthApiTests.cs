using System.Text.Json;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class ProviderHealthApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AProvider_IsUnknown_UntilItIsProbed()
    {
        await using var upstream = await FakeUpstream.StartAsync(cancellationToken: Cancelled);
        upstream.OnOther = (context, _) => UpstreamReply.WriteErrorAsync(context, 503);
        var id = Requests.UniqueId("p");
        await fixture.Client.PutAsync($"/registry/providers/{id}", $$"""{"type":"openai","endpoint":"{{upstream.Endpoint}}"}""", Cancelled);

        Assert.Equal($$"""{"provider":"{{id}}","status":"unknown"}""", (await GetAsync(id)).GetRawText());
        var probed = await (await fixture.Client.SendAsync(HttpMethod.Post, $"/registry/provider-health/{id}", null, Cancelled)).JsonAsync(Cancelled);
        var shown = await GetAsync(id);

        Assert.Equal(("down", "down"), (probed.GetProperty("status").GetString(), shown.GetProperty("status").GetString()));
        Assert.Contains("503", shown.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.InRange(shown.GetProperty("ageSeconds").GetDouble(), 0, 10);
        Assert.Equal(probed.GetProperty("checkedAt").GetDateTimeOffset(), shown.GetProperty("checkedAt").GetDateTimeOffset());
        Assert.NotEqual("", shown.GetProperty("checkedBy").GetString());
        Assert.Equal(["GET /v1/models"], upstream.Requests.Select(r => $"{r.Method} {r.Path}"));
    }

    [Fact]
    public async Task AProviderThatIsNotThere_Is404_AndOneThatCantBeUsedHere503()
    {
        var keyless = Requests.UniqueId("p");
        await fixture.Client.PutAsync($"/registry/providers/{keyless}", """{"type":"openai","apiKey":{"secret":"nowhere"}}""", Cancelled);

        await (await fixture.Client.GetAsync("/registry/provider-health/nobody", Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
        await (await fixture.Client.SendAsync(HttpMethod.Post, "/registry/provider-health/nobody", null, Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
        await (await fixture.Client.SendAsync(HttpMethod.Post, $"/registry/provider-health/{keyless}", null, Cancelled)).IsProblemAsync(503, "model_unavailable_here", Cancelled);
    }

    private async Task<JsonElement> GetAsync(string id) => await (await fixture.Client.GetAsync($"/registry/provider-health/{id}", Cancelled)).JsonAsync(Cancelled);
}
