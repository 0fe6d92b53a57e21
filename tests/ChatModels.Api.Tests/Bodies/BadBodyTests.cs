using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ChatModels.Api.Tests.Hosting;
using Xunit;

namespace ChatModels.Api.Tests.Bodies;

public sealed class BadBodyTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("{", "line 1, byte 2")]
    [InlineData("{\n  \"type\": \"simulator\",\n  nonsense\n}", "line 3, byte 3")]
    [InlineData("{\"type\":\"simulator\"} {}", "line 1, byte 22")]
    [InlineData("{\"type\":\"simulator\",}", "line 1, byte 21")]
    [InlineData("{\"type\":\"simulator\" /* no */}", "line 1, byte 21")]
    [InlineData("{\"type\":\"\\ud800\"}", "half a surrogate pair")]
    public async Task MalformedJson_IsAnsweredWithItsPlace(string body, string place)
    {
        var problem = await RefusedAsync("/registry/providers/bad", body, "invalid_body");

        Assert.Contains(place, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"simulator\"")]
    [InlineData("null")]
    [InlineData("12")]
    public async Task NotAnObject_IsSaidSo(string body)
    {
        var problem = await RefusedAsync("/registry/providers/bad", body, "invalid_body");

        Assert.Equal(["$"], problem.Paths());
        Assert.Contains("an object", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/registry/providers/bad", """{"type":"simulator","endpont":"http://x"}""", "$.endpont")]
    [InlineData("/registry/providers/bad", """{"Type":"simulator","type":"simulator"}""", "$.Type")]
    [InlineData("/registry/providers/bad", """{"type":"openai","apiKey":{"secret":"a","value":"b"}}""", "$.apiKey.value")]
    [InlineData("/registry/providers/bad", """{"type":"simulator","odd name":1}""", "$['odd name']")]
    [InlineData("/registry/models/bad", """{"deployments":[{"provider":"simulator","model":"fast","wieght":1}]}""", "$.deployments[0].wieght")]
    [InlineData("/registry/models/bad", """{"deployments":[{"provider":"simulator","model":"fast"}],"pricing":{"inputPerMillion":1,"outputPerMillion":1,"currency":"EUR"}}""", "$.pricing.currency")]
    public async Task UnknownField_IsNamedWithThoseThatExist(string path, string body, string named)
    {
        var problem = await RefusedAsync(path, body, "invalid_body");

        Assert.Equal([named], problem.Paths());
        Assert.Contains("The fields are ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":7}""", "$.type", "a text")]
    [InlineData("""{"type":"simulator","enabled":"yes"}""", "$.enabled", "true or false")]
    [InlineData("""{"type":"simulator","maxConcurrency":"8"}""", "$.maxConcurrency", "a whole number")]
    [InlineData("""{"type":"simulator","maxConcurrency":1.5}""", "$.maxConcurrency", "a whole number")]
    [InlineData("""{"type":"simulator","maxConcurrency":99999999999}""", "$.maxConcurrency", "a whole number")]
    [InlineData("""{"type":"simulator","timeout":"soon"}""", "$.timeout", "a time span")]
    [InlineData("""{"type":"simulator","timeout":30}""", "$.timeout", "a time span")]
    [InlineData("""{"type":"simulator","usageInStream":"always"}""", "$.usageInStream", "\"auto\" or \"never\"")]
    [InlineData("""{"type":"simulator","usageInStream":1}""", "$.usageInStream", "\"auto\" or \"never\"")]
    [InlineData("""{"type":"openai","apiKey":"sk-123"}""", "$.apiKey", "an object")]
    [InlineData("""{"type":"openai","apiKey":{"secret":null}}""", "$.apiKey.secret", "required")]
    [InlineData("""{"type":"openai","headers":{"x-a":1}}""", "$.headers.x-a", "a reference")]
    [InlineData("""{"type":"openai","headers":{"x-a":{"secret":"a","b":"c"}}}""", "$.headers.x-a", "a reference")]
    [InlineData("""{"type":"openai","headers":["x-a"]}""", "$.headers", "an object")]
    [InlineData("""{"type":"simulator","options":[]}""", "$.options", "an object")]
    public async Task WrongType_IsNamedWithTheRightOne(string body, string named, string wanted)
    {
        var problem = await RefusedAsync("/registry/providers/bad", body, "invalid_body");

        Assert.Equal([named], problem.Paths());
        Assert.Contains(wanted, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/registry/providers/bad", "{}", "$.type")]
    [InlineData("/registry/providers/bad", """{"type":null}""", "$.type")]
    [InlineData("/registry/models/bad", "{}", "$.deployments")]
    [InlineData("/registry/models/bad", """{"deployments":[{"model":"fast"}]}""", "$.deployments[0].provider")]
    [InlineData("/registry/models/bad", """{"deployments":[null]}""", "$.deployments[0]")]
    [InlineData("/registry/models/bad", """{"capabilities":[null],"deployments":[{"provider":"simulator","model":"fast"}]}""", "$.capabilities[0]")]
    public async Task MissingField_IsNamed(string path, string body, string named)
    {
        var problem = await RefusedAsync(path, body, "invalid_body");

        Assert.Equal([named], problem.Paths());
    }

    [Theory]
    [InlineData("""{"type":"simulator","type":"openai"}""", "$.type")]
    [InlineData("""{"type":"simulator","ty\u0070e":"openai"}""", "$.type")]
    [InlineData("""{"type":"simulator","options":{"models":{"a":{},"a":{}}}}""", "$.options.models.a")]
    [InlineData("""{"type":"simulator","headers":{"x-a":"1","x-a":"2"}}""", "$.headers.x-a")]
    public async Task DuplicateField_IsNamed(string body, string named)
    {
        var problem = await RefusedAsync("/registry/providers/bad", body, "invalid_body");

        Assert.Equal([named], problem.Paths());
        Assert.Contains("more than once", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralMistakes_AreAllNamedAtOnce()
    {
        var problem = await RefusedAsync("/registry/models/bad", """{"capabilties":[],"contextWindow":"big","deployments":[{"provider":1}]}""", "invalid_body");

        Assert.Equal(["$.capabilties", "$.contextWindow", "$.deployments[0].provider", "$.deployments[0].model"], problem.Paths());
    }

    [Fact]
    public async Task MillionMistakes_AreNotAllAnswered()
    {
        var body = $$"""{"deployments":[{{string.Join(',', Enumerable.Repeat("1", 100_000))}}]}""";
        var problem = await RefusedAsync("/registry/models/bad", body, "invalid_body");

        Assert.Equal(50, problem.Paths().Count);
    }

    [Fact]
    public async Task TooDeep_IsSaidSo()
    {
        var body = $$"""{"type":"simulator","options":{{string.Concat(Enumerable.Repeat("""{"a":""", 40))}}1{{new string('}', 40)}}}""";
        var problem = await RefusedAsync("/registry/providers/bad", body, "invalid_body");

        Assert.Contains("depth of 32", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TooLarge_Is413WhetherItsLengthIsKnownOrNot(bool isLengthKnown)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"type":"simulator","endpoint":"{{new string('a', 1024 * 1024)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/registry/providers/bad", UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = isLengthKnown ? null : true;

        var problem = await (await fixture.Client.SendAsync(request, Cancelled)).IsProblemAsync(413, "request_too_large", Cancelled);

        Assert.Contains("1 MiB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task WrongContentType_Is415(string? contentType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/registry/providers/bad", UriKind.Relative))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Requests.SimulatorProvider)),
        };
        request.Content.Headers.ContentType = contentType is null ? null : new MediaTypeHeaderValue(contentType);

        var problem = await (await fixture.Client.SendAsync(request, Cancelled)).IsProblemAsync(415, "unsupported_media_type", Cancelled);

        Assert.Contains("application/json", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompressedBody_Is415()
    {
        var response = await fixture.Client.PutAsync("/registry/providers/bad", Requests.SimulatorProvider, Cancelled, ("Content-Encoding", "gzip"));

        await response.IsProblemAsync(415, "unsupported_content_encoding", Cancelled);
    }

    [Fact]
    public async Task ByteOrderMarkAndCharset_AreTaken()
    {
        var response = await fixture.Client.PutAsync(
            $"/registry/providers/{Requests.UniqueId("marked")}", "\uFEFF" + Requests.SimulatorProvider, Cancelled, ("Content-Type", "application/json; charset=utf-8"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task BytesThatAreNotUtf8_AreSaidSo()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/registry/providers/bad", UriKind.Relative))
        {
            Content = new ByteArrayContent([.. "{\"type\":\""u8, 0xC3, 0x28, .. "\"}"u8]),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var problem = await (await fixture.Client.SendAsync(request, Cancelled)).IsProblemAsync(400, "invalid_body", Cancelled);

        Assert.Contains("UTF-8", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyOfAnotherEntity_IsRefused()
    {
        var problem = await RefusedAsync("/registry/providers/bad", """{"id":"good","type":"simulator"}""", "validation_failed");

        Assert.Equal(["$.id"], problem.Paths());
    }

    [Theory]
    [InlineData("/registry/providers/bad", """{"type":"telepathy"}""", "validation_failed", "$.type", "simulator")]
    [InlineData("/registry/providers/bad", """{"type":"simulator","options":{"speed":1}}""", "validation_failed", "$.options.speed", "models")]
    [InlineData("/registry/providers/bad", """{"type":"simulator","apiKey":{"secret":"a"}}""", "validation_failed", "$.apiKey", "apiKey")]
    [InlineData("/registry/models/bad", """{"deployments":[{"provider":"nobody","model":"fast"}]}""", "validation_failed", "$.deployments[0].provider", "nobody")]
    [InlineData("/registry/models/bad", """{"deployments":[]}""", "validation_failed", "$.deployments", "deployment")]
    [InlineData("/registry/models/bad", """{"capabilities":["flying"],"deployments":[{"provider":"simulator","model":"fast"}]}""", "validation_failed", "$.capabilities[0]", "vision")]
    public async Task WellFormedButImpossible_NamesTheFieldAndTheCure(string path, string body, string code, string named, string cure)
    {
        var problem = await RefusedAsync(path, body, code);

        Assert.Contains(named, problem.Paths());
        Assert.Contains(cure, problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/registry/providers/Not_A_Name")]
    [InlineData("/registry/providers/-first")]
    [InlineData("/registry/models/-first")]
    [InlineData("/registry/models")]
    [InlineData("/registry/models/")]
    [InlineData("/registry/models/with%20space")]
    public async Task NameOutsideTheGrammar_IsRefused(string path)
    {
        var body = path.Contains("providers", StringComparison.Ordinal) ? Requests.SimulatorProvider : Requests.ModelOn("simulator");
        var response = await fixture.Client.PutAsync(path, body, Cancelled);

        await response.IsProblemAsync(400, "invalid_name", Cancelled);
    }

    private async Task<System.Text.Json.JsonElement> RefusedAsync(string path, string body, string code)
    {
        var before = (await fixture.Client.GetAsync(path, Cancelled)).StatusCode;
        var problem = await (await fixture.Client.PutAsync(path, body, Cancelled)).IsProblemAsync(400, code, Cancelled);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (before, (await fixture.Client.GetAsync(path, Cancelled)).StatusCode));
        return problem;
    }
}
