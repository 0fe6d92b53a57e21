using System.Net;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Apis;

public sealed class ConditionTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // What is there already, exactly so, is not written again: each second body differs from the first.
    public static TheoryData<string, string, string> Entities => new()
    {
        { "/registry/providers/", Requests.SimulatorProvider, """{"type":"simulator"}""" },
        { "/registry/models/", Requests.ModelOn("simulator"), """{"deployments":[{"provider":"simulator","model":"slow"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_WithTheTagOfNow_IsApplied(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);

        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.PutAsync(path, other, Cancelled, ("If-Match", tag))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_WithAnOldTag_IsRefusedAndTellsTheTagOfNow(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);
        var newer = await fixture.Client.PutAsync(path, other, Cancelled);
        var response = await fixture.Client.PutAsync(path, other, Cancelled, ("If-Match", tag));

        await response.IsProblemAsync(412, "precondition_failed", Cancelled);
        Assert.Equal(newer.Header("ETag"), response.Header("ETag"));
        Assert.Equal(newer.Header("ETag"), (await fixture.Client.GetAsync(path, Cancelled)).Header("ETag"));
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_WithAListThatHasTheTagOfNow_IsApplied(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);

        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.PutAsync(path, other, Cancelled, ("If-Match", $"\"1-old\", {tag}, \"2-older\""))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_WithAWeakTag_IsRefused(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);

        await (await fixture.Client.PutAsync(path, other, Cancelled, ("If-Match", $"W/{tag}"))).IsProblemAsync(412, "precondition_failed", Cancelled);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_IfThereIsOne_NeedsOne(string collection, string body, string other)
    {
        var path = collection + Requests.UniqueId("missing");
        await (await fixture.Client.PutAsync(path, body, Cancelled, ("If-Match", "*"))).IsProblemAsync(412, "precondition_failed", Cancelled);
        await (await fixture.Client.GetAsync(path, Cancelled)).IsProblemAsync(404, "not_found", Cancelled);

        await fixture.Client.PutAsync(path, body, Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Client.PutAsync(path, other, Cancelled, ("If-Match", "*"))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Put_IfThereIsNone_CreatesOnce(string collection, string body, string other)
    {
        var path = collection + Requests.UniqueId("once");
        Assert.Equal(HttpStatusCode.Created, (await fixture.Client.PutAsync(path, body, Cancelled, ("If-None-Match", "*"))).StatusCode);

        var again = await fixture.Client.PutAsync(path, other, Cancelled, ("If-None-Match", "*"));
        await again.IsProblemAsync(412, "precondition_failed", Cancelled);
        Assert.NotEqual("", again.Header("ETag"));
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Delete_WithAnOldTag_IsRefused(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);
        var newer = await fixture.Client.PutAsync(path, other, Cancelled);

        await (await fixture.Client.DeleteAsync(path, Cancelled, ("If-Match", tag))).IsProblemAsync(412, "precondition_failed", Cancelled);
        Assert.Equal(HttpStatusCode.NoContent, (await fixture.Client.DeleteAsync(path, Cancelled, ("If-Match", newer.Header("ETag")))).StatusCode);
    }

    [Theory]
    [MemberData(nameof(Entities))]
    public async Task Get_OfAStateThatIsKnown_IsNotModified(string collection, string body, string other)
    {
        var (path, tag) = await CreateAsync(collection, body);
        var known = await fixture.Client.GetAsync(path, Cancelled, ("If-None-Match", $"W/{tag}, \"1-old\""));
        await fixture.Client.PutAsync(path, other, Cancelled);
        var unknown = await fixture.Client.GetAsync(path, Cancelled, ("If-None-Match", tag));

        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal(tag, known.Header("ETag"));
        Assert.Equal(HttpStatusCode.OK, unknown.StatusCode);
    }

    [Theory]
    [InlineData("If-Match", "no quotes")]
    [InlineData("If-None-Match", "\"1-abc\"")]
    [InlineData("If-None-Match", "no quotes")]
    public async Task Put_WithAConditionThatMakesNoSense_NamesTheHeader(string header, string value)
    {
        var path = $"/registry/providers/{Requests.UniqueId("odd")}";
        var problem = await (await fixture.Client.PutAsync(path, Requests.SimulatorProvider, Cancelled, (header, value))).IsProblemAsync(400, "invalid_request", Cancelled);

        Assert.Contains(header, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await (await fixture.Client.GetAsync(path, Cancelled)).IsProblemAsync(404, "not_found", Cancelled);
    }

    private async Task<(string Path, string Tag)> CreateAsync(string collection, string body)
    {
        var path = collection + Requests.UniqueId("conditional");
        var response = await fixture.Client.PutAsync(path, body, Cancelled);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (path, response.Header("ETag"));
    }
}
