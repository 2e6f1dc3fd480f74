import type { VNode } from 'preact';
import { ButtonElement, OverflowElement } from './button.tsx';
import { ChartElement } from './chart.tsx';
import { CheckerElement } from './checker.tsx';
import { CollapsiblePanelElement, ColumnSetElement, DivElement, InteractiveContainerElement, MarkdownElement } from './containers.tsx';
import { type Drawings, Elements } from './elements.tsx';
import type { ElementProps } from './field.tsx';
import { FormElement } from './form.tsx';
import { ImageCombinationElement, ImageElement } from './images.tsx';
import { InputElement, PickerElement } from './inputs.tsx';
import { PersonElement, PersonListElement } from './people.tsx';
import { MultiSelectElement, MultiSelectPersonElement, SelectElement, SelectImageElement, SelectPersonElement } from './selects.tsx';
import { TableElement } from './table.tsx';

function Form({ json, path }: ElementProps): VNode {
  return (
    <FormElement json={json} path={path}>
      <Elements list={json['elements']} path={`${path}.elements`} />
    </FormElement>
  );
}

/** 画法 — one line per component of card JSON 2.0; a `column` is drawn by its column_set. */
export const drawings: Drawings = {
  div: DivElement,
  markdown: MarkdownElement,
  hr: () => <hr class="card-hr" />,
  img: ImageElement,
  img_combination: ImageCombinationElement,
  person: PersonElement,
  person_list: PersonListElement,
  chart: ChartElement,
  table: TableElement,
  column_set: ColumnSetElement,
  interactive_container: InteractiveContainerElement,
  collapsible_panel: CollapsiblePanelElement,
  form: Form,
  button: ButtonElement,
  overflow: OverflowElement,
  input: InputElement,
  select_static: SelectElement,
  multi_select_static: MultiSelectElement,
  select_person: SelectPersonElement,
  multi_select_person: MultiSelectPersonElement,
  select_img: SelectImageElement,
  date_picker: PickerElement,
  picker_time: PickerElement,
  picker_datetime: PickerElement,
  checker: CheckerElement,
};
