using Helpdesk.Knowledge.Articles;
using Helpdesk.Web.Components.Layout;
using Microsoft.EntityFrameworkCore;

namespace Helpdesk.Web.Components.Desk.Articles;

/// <summary>Saving and moving on, and what may come of it.</summary>
public sealed partial class ArticleEditPage
{
    private async Task SaveAsync(ArticleStep step)
    {
        if (_saving)
            return;
        (_saving, _wanted, _obstacle) = (true, step, _obstacle with { Page = null, OpenComments = 0 });
        try
        {
            if (await Person.ConfirmAsync(_leaving.Token) is not { } viewer)
                _obstacle = new(T["Art.NotStaff"]);
            else
                await TakeAsync(await Work.SaveAsync(viewer, _sheet, _form, step, _leaving.Token), step);
        }
        catch (DbUpdateException)
        {
            _obstacle = new(T["Write.NotSaved"]);
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task PublishDespiteAsync()
    {
        if (_sheet is { State: ArticleState.Archived })
        {
            await MoveAsync(_wanted, despiteComments: true);
            return;
        }
        _form.DespiteComments = true;
        await SaveAsync(_wanted);
        _form.DespiteComments = false;
    }

    // Their text stays a version: nothing is lost by saving on top of it.
    private Task SaveOverAsync()
    {
        (_sheet, _obstacle) = (_obstacle.Theirs, ArticleObstacle.None);
        return SaveAsync(_wanted);
    }

    private async Task MoveAsync(ArticleStep step, bool despiteComments = false)
    {
        _wanted = step;
        if (await Person.ConfirmAsync(_leaving.Token) is not { } viewer || _sheet is null)
            _obstacle = new(T["Art.NotStaff"]);
        else if (_isDirty)
            _obstacle = new(T["Art.SaveFirst"]);
        else
            await TakeAsync(await Work.MoveAsync(viewer, _sheet, step, despiteComments, _leaving.Token), step);
    }

    private async Task TakeAsync(ArticleOutcome outcome, ArticleStep step)
    {
        if (outcome is ArticleOutcome.Saved { Sheet: var saved })
        {
            await TakeSavedAsync(saved, step);
            return;
        }
        _isGone = outcome is ArticleOutcome.NotThere;
        _obstacle = ArticleObstacle.Of(outcome, T);
        if (_obstacle.FocusOn is { } place)
            await FocusAsync(place);
    }

    private async Task TakeSavedAsync(ArticleSheet saved, ArticleStep step)
    {
        await _draft!.ForgetAsync();
        if (FromGroup is { } group && _proposal is not null && await Person.FindAsync(_leaving.Token) is { } person)
            await Recurring.TakeAsync(person, group, saved.Id, _leaving.Token);
        _proposal = null;
        if (_sheet is null)
        {
            Navigation.NavigateTo(Places.DeskArticle(saved.Id));
            return;
        }
        Show(saved);
        Toasts.Show(T[$"Art.Done.{step}"]);
    }
}
