using ChatModels.Providers;
using ChatModels.Secrets;
using Xunit;
using static ChatModels.Tests.Providers.ProviderTypesFixture;

namespace ChatModels.Tests.Providers;

[Trait("Requirement", "FR-014")]
public sealed class ProviderValidationTests
{
    private static readonly ProviderMetadata Described = Metadata("mine") with
    {
        Options =
        [
            Spec("number", OptionKind.Number) with { Minimum = 0, Maximum = 10 },
            Spec("whole", OptionKind.WholeNumber) with { Minimum = 1 },
            Spec("flag", OptionKind.Boolean),
            Spec("word", OptionKind.Text) with { Allowed = ["echo", "lorem"] },
            Spec("text", OptionKind.Text),
            Spec("span", OptionKind.Duration) with { Maximum = 60 },
            Spec("models", OptionKind.Map) with { Entries = [Spec("rate", OptionKind.Number), Spec("name", OptionKind.Text) with { Required = true }] },
        ],
    };

    [Theory]
    [InlineData("""{"number":1.5,"whole":3,"flag":true,"word":"lorem","text":"","span":"00:00:00.400"}""")]
    [InlineData("""{"number":"1.5e0","whole":"3","flag":"True"}""")]
    [InlineData("""{"flag":"false","number":"-0"}""")]
    [InlineData("""{"models":{"slow":{"name":"x","rate":"40"},"meta/llama-3.1":{"name":"y"}}}""")]
    public void Validate_OptionsThatFit_FindsNothing(string json) => Assert.Empty(IssuesOf(json));

    [Theory]
    [InlineData("""{"number":11}""", "$.options.number: It is 11; give from 0 to 10.")]
    [InlineData("""{"number":" 1"}""", "$.options.number: It is ' 1'; give a number.")]
    [InlineData("""{"number":"1,5"}""", "$.options.number: It is '1,5'; give a number.")]
    [InlineData("""{"number":"0x1"}""", "$.options.number: It is '0x1'; give a number.")]
    [InlineData("""{"number":"01"}""", "$.options.number: It is '01'; give a number.")]
    [InlineData("""{"number":"Infinity"}""", "$.options.number: It is 'Infinity'; give a number.")]
    [InlineData("""{"number":1e999}""", "$.options.number: It is 1e999; give a number.")]
    [InlineData("""{"number":null}""", "$.options.number: It is null; give a number.")]
    [InlineData("""{"whole":0}""", "$.options.whole: It is 0; give 1 or more.")]
    [InlineData("""{"whole":1.5}""", "$.options.whole: It is 1.5; give a whole number.")]
    [InlineData("""{"flag":"yes"}""", "$.options.flag: It is 'yes'; give true or false.")]
    [InlineData("""{"flag":1}""", "$.options.flag: It is 1; give true or false.")]
    [InlineData("""{"word":"Echo"}""", "$.options.word: It is 'Echo'; give 'echo' or 'lorem'.")]
    [InlineData("""{"text":5}""", "$.options.text: It is 5; give a string.")]
    [InlineData("""{"text":"\ud800"}""", "$.options.text: It is no readable text; give a string.")]
    [InlineData("""{"span":"5"}""", "$.options.span: It is '5'; give a time span as hh:mm:ss or hh:mm:ss.fff.")]
    [InlineData("""{"span":"-00:00:01"}""", "$.options.span: It is '-00:00:01'; give a time span as hh:mm:ss or hh:mm:ss.fff.")]
    [InlineData("""{"span":"00:01:01"}""", "$.options.span: It is 61 s; give 60 s or less.")]
    [InlineData("""{"models":[]}""", "$.options.models: Give an object whose values are objects.")]
    [InlineData("""{"models":{"a":1}}""", "$.options.models.a: Give an object.")]
    [InlineData("""{"models":{"slow":{"name":"x","rate":"fast"}}}""", "$.options.models.slow.rate: It is 'fast'; give a number.")]
    [InlineData("""{"models":{"a/b":{"name":"x","rat":1}}}""", "$.options.models['a/b'].rat: No such option. There are: rate, name.")]
    [InlineData("""{"models":{"a":{}}}""", "$.options.models.a.name: It is required: For tests.")]
    [InlineData("""{"models":{"a":{"name":"x","name":"y"}}}""", "$.options.models.a: A key stands twice or is not readable text; keep one.")]
    [InlineData("""{"models":{"\ud800":{"name":"x"}}}""", "$.options.models: A key stands twice or is not readable text; keep one.")]
    [InlineData("""{"Number":1}""", "$.options.Number: No such option. There are: number, whole, flag, word, text, span, models.")]
    public void Validate_OneMistake_NamesPlaceAndCure(string json, string expected) => Assert.Equal([expected], IssuesOf(json));

    [Fact]
    public void Validate_ManyMistakes_FindsAllOfThem() => Assert.Equal(
        ["$.options.foo", "$.options.number", "$.options.flag", "$.options.models.a.rate", "$.options.models.a.name", "$.options.models.b"],
        IssuesOf("""{"models":{"a":{"rate":[]},"b":0},"flag":0,"foo":1,"number":-1}""").Select(issue => issue[..issue.IndexOf(':', StringComparison.Ordinal)]));

    [Theory]
    [InlineData(FieldUse.Required, false, "$.endpoint: Type 'mine' needs it; give one.|$.apiKey: Type 'mine' needs it; give one.")]
    [InlineData(FieldUse.Refused, true, "$.endpoint: Type 'mine' takes none; leave it out.|$.apiKey: Type 'mine' takes none; leave it out.")]
    [InlineData(FieldUse.Required, true, "")]
    [InlineData(FieldUse.Optional, false, "")]
    public void Validate_EndpointAndKey_AreRequiredOrRefusedAsTheTypeSays(FieldUse use, bool given, string expected)
    {
        var types = With(Metadata("mine") with { Endpoint = use, ApiKey = use }, Creating(new FakeChatProvider()));
        var options = given ? Options() with { Endpoint = new Uri("https://a.example/v1"), ApiKey = new Secret("k", "v") } : Options();

        Assert.Equal(expected, string.Join('|', types.Validate("mine", options).Select(issue => $"{issue.Path}: {issue.Message}")));
    }

    [Theory]
    [InlineData("ftp://a.example")]
    [InlineData("https://user:secret-word@a.example/v1")]
    [InlineData("https://a.example/v1#here")]
    [InlineData("/v1")]
    public void Validate_EndpointThatCanNotBeUsed_SaysSoWithoutShowingIt(string endpoint)
    {
        var types = With(Metadata("mine"), Creating(new FakeChatProvider()));

        var issue = Assert.Single(types.Validate("mine", Options() with { Endpoint = new Uri(endpoint, UriKind.RelativeOrAbsolute) }));

        Assert.Equal("$.endpoint", issue.Path);
        Assert.DoesNotContain("secret-word", issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_HeadersThatCanNotBeSent_AreNamed()
    {
        var types = With(Metadata("mine"), Creating(new FakeChatProvider()));
        var headers = new Dictionary<string, HeaderSource>
        {
            ["x-good"] = new("yes", null),
            ["x-rotating"] = new(null, new Secret("s", null)),
            ["x bad"] = new("v", null),
            ["x-split"] = new("a\r\nb", null),
            ["Content-Length"] = new("5", null),
            ["x-neither"] = new(null, null),
        };

        var issues = types.Validate("mine", Options() with { Headers = headers });

        Assert.Equal(["$.headers.Content-Length", "$.headers['x bad']", "$.headers.x-neither", "$.headers.x-split"], issues.Select(issue => issue.Path));
    }

    [Fact]
    public void Validate_UnknownType_IsAMistakeAtItsType() =>
        Assert.Equal("$.type", Assert.Single(new ChatProviderTypes().Validate("none", Options())).Path);

    [Fact]
    public void Read_TextThatHoldsOneValue_ReadsLikeJson()
    {
        var values = Values("""{"n":"1.5","w":"7","f":"True","d":"00:00:00.400","t":"x","m":{"a":{"w":9}}}""");

        Assert.Equal((1.5, 7L, true, TimeSpan.FromMilliseconds(400), "x"),
            (values.ReadNumber("n"), values.ReadWholeNumber("w"), values.ReadBoolean("f"), values.ReadDuration("d"), values.ReadText("t")));
        Assert.Equal(9, values.ReadMap("m")["a"].ReadWholeNumber("w"));
        Assert.Null(values.ReadNumber("absent"));
    }

    private static OptionSpec Spec(string name, OptionKind kind) => new() { Name = name, Kind = kind, Description = "For tests." };

    private static IEnumerable<string> IssuesOf(string json) =>
        With(Described, Creating(new FakeChatProvider())).Validate("mine", Options(json: json)).Select(issue => $"{issue.Path}: {issue.Message}");
}
