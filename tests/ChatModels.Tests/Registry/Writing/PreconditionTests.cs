using ChatModels.Registry;
using Xunit;

namespace ChatModels.Tests.Registry.Writing;

public sealed class PreconditionTests : StoreTest
{
    [Fact]
    [Trait("Requirement", "FR-007")]
    public async Task Put_Preconditions_DecideByTheTagOfTheNewestRevision()
    {
        using var replica = await WithModelsAsync("one");
        var tag = replica.Current.Models["one"].Tag;
        var changed = Sample.Model with { ContextWindow = 9 };

        Assert.Equal(tag, await FailedTagAsync(new Precondition(MustNotExist: true)));
        Assert.Equal(tag, await FailedTagAsync(new Precondition(IfMatch: "1-other")));
        Assert.Null((await replica.PutAsync("one", changed, new Precondition(IfMatch: tag.ToString()))).Failure);
        Assert.Equal(replica.Current.Models["one"].Tag, await FailedTagAsync(new Precondition(IfMatch: tag.ToString())));
        Assert.Null((await replica.PutAsync("one", Sample.Model, new Precondition(MustExist: true))).Failure);
        Assert.Null((await replica.PutAsync("two", Sample.Model, new Precondition(MustNotExist: true))).Failure);

        async Task<EntityTag?> FailedTagAsync(Precondition precondition)
        {
            var failure = (await replica.PutAsync("one", changed, precondition)).Failure;
            Assert.Equal(ErrorCodes.PreconditionFailed, failure?.Code);
            return failure!.CurrentTag;
        }
    }

    [Fact]
    public async Task Put_IfMatchOnWhatIsNotThere_FailsWithoutATag()
    {
        using var replica = await WithModelsAsync();

        foreach (var precondition in new[] { new Precondition(IfMatch: "1-x"), new Precondition(MustExist: true) })
        {
            var failure = (await replica.PutAsync("one", Sample.Model, precondition)).Failure!;
            Assert.Equal((ErrorCodes.PreconditionFailed, null), (failure.Code, failure.CurrentTag));
        }
    }

    [Fact]
    public async Task Delete_IfMatchOfAnOlderTag_FailsWithTheCurrentOne()
    {
        using var replica = await WithModelsAsync("one");
        var old = replica.Current.Models["one"].Tag;
        await replica.PutAsync("one", Sample.Model with { ContextWindow = 9 });

        var failure = (await replica.DeleteModelAsync("one", new Precondition(IfMatch: old.ToString()))).Failure!;

        Assert.Equal((ErrorCodes.PreconditionFailed, replica.Current.Models["one"].Tag), (failure.Code, failure.CurrentTag));
    }
}
